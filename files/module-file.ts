import path from 'node:path';

/** `.ts` in the working copy; `.js` in the package, because Node strips no types below node_modules. */
const extension = path.extname(import.meta.filename);

/** The file of one of our modules, for processes and threads that start with it: its path without the extension. */
export const moduleFile = (...segments: string[]): string => `${path.join(...segments)}${extension}`;
