export { z } from 'zod';

/** A tool of your own: the default export of a file in `.everturn/tools/`. */
export const defineTool = (tool) => tool;
