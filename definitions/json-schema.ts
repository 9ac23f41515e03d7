import { z } from 'zod';
import { Flow } from '../contracts/flow.ts';

/** Of a flow file as it is written, for editors. */
export const flowJsonSchema = (): Record<string, unknown> => ({
  title: 'Everturn flow',
  ...z.toJSONSchema(Flow, { io: 'input' }),
});
