import { z } from 'zod';
import { permissions } from '../../../contracts/tools.ts';

const common = { file: z.string(), nonce: z.string() };

/** What the process of a call reads from its standard input. */
export const HostRequest = z.discriminatedUnion('action', [
  z.object({ action: z.literal('describe'), ...common }),
  z.object({
    action: z.literal('run'),
    ...common,
    args: z.record(z.string(), z.unknown()),
    workspace: z.string(),
    key: z.string(),
  }),
]);
export type HostRequest = z.infer<typeof HostRequest>;

export const OwnTool = z.object({
  name: z.string(),
  description: z.string(),
  schema: z.record(z.string(), z.unknown()),
  effect: z.enum(['pure', 'idempotent', 'once']),
  permission: z.enum(permissions),
  seconds: z.number(),
});
export type OwnTool = z.infer<typeof OwnTool>;

/** What it answers, on a line that begins with the nonce: all other lines are output of the tool. */
export const HostAnswer = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('described'), tool: OwnTool }),
  /** `open`: what the tool left open. */
  z.object({ outcome: z.literal('done'), text: z.string(), open: z.array(z.string()) }),
  z.object({ outcome: z.literal('arguments'), fault: z.string() }),
  z.object({ outcome: z.literal('failed'), fault: z.string() }),
]);
export type HostAnswer = z.infer<typeof HostAnswer>;
