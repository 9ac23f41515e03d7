import { z } from 'zod';

const Id = z.string().min(1).max(100);

export const SessionParams = z.object({ id: Id });
/** Ids of messages that a session was sent on behalf of another hold more than those of people. */
export const MessageParams = SessionParams.extend({ message: z.string().min(1).max(300) });
export const RequestParams = SessionParams.extend({
  turn: z.coerce.number().int().positive(),
  step: z.coerce.number().int().positive(),
});
export const SubagentParams = z.object({ id: Id });
export const RunParams = z.object({ id: Id });
export const StepParams = z.object({ id: Id, step: z.string().min(1).max(100) });
export const NodeParams = StepParams.extend({ index: z.coerce.number().int().nonnegative() });
export const ArtifactParams = z.object({ id: Id, name: z.string().min(1).max(200) });
export const ScriptParams = z.object({ name: z.string().min(1).max(200) });
export const FlowParams = z.object({ name: z.string().min(1).max(100) });

export const IdempotencyHeader = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('The same key with the same body takes effect once and gives the same answer.'),
});

/** Of what starts a run: above what it may be given, so that more is refused with the numbers. */
export const runBodyLimit = 8 * 1024 * 1024;
