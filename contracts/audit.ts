import { z } from 'zod';

/** What the audit log holds: noun and verb. */
export const AuditAction = z.enum([
  'approval.answer',
  'attachment.add',
  'change.decide',
  'change.undo',
  'command.stop',
  'permission.add',
  'permission.remove',
  'memory.change',
  'memory.remove',
  'message.send',
  'message.withdraw',
  'session.create',
  'session.fork',
  'session.compact',
  'session.rename',
  'session.change',
  'session.import',
  'session.prune',
  'session.delete',
  'turn.cancel',
  'subagent.cancel',
  'subagent.send',
  'subagent.retry',
  'key.clear',
  'run.start',
  'run.cancel',
  'run.pause',
  'run.resume',
  'run.rerun',
  'run.delete',
  'result.clear',
  'schedule.pause',
  'schedule.resume',
  'schedule.trigger',
  'temporal-ui.open',
  'trust.give',
  'trust.revoke',
  'user.add',
  'user.change',
  'user.remove',
  'user.login',
  'user.logout',
  'workflow.cancel',
  'workflow.terminate',
  'workflow.retry',
]);
export type AuditAction = z.infer<typeof AuditAction>;

/** Who did what to what. `detail` holds short facts, never a text, a path or a secret of a user. */
export const AuditRecord = z.object({
  id: z.int().positive(),
  at: z.iso.datetime(),
  user: z.string(),
  /** At the moment of the act; `webhook` for programs that have a secret of a flow. */
  role: z.string(),
  action: z.string(),
  /** The id of what it was done to. */
  target: z.string(),
  detail: z.record(z.string(), z.unknown()),
});
export type AuditRecord = z.infer<typeof AuditRecord>;

export const AuditPage = z.object({ records: z.array(AuditRecord), nextCursor: z.string().nullable() });
export type AuditPage = z.infer<typeof AuditPage>;

/** The newest first. */
export const AuditQuery = z.object({
  cursor: z.string().max(20).optional().describe('The `nextCursor` of the page before.'),
  user: z.string().max(100).optional(),
  action: AuditAction.optional(),
  target: z.string().max(300).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100).describe('How many entries a page has at most.'),
});
