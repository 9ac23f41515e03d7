import { z } from 'zod';

const days = z.int().min(1).max(36_500);

/** After how many days `everturn prune` deletes what. What has no number is kept. */
export const Retention = z.strictObject({
  /** Sessions that nobody has used for so long. Archived ones are under `archivedDays`. */
  idleDays: days.optional(),
  /** Sessions that were archived so long ago. */
  archivedDays: days.optional(),
  /** Runs that ended so long ago, with their sessions. */
  runDays: days.optional(),
});
export type Retention = z.infer<typeof Retention>;

export const PruneRequest = z.strictObject({
  /** Lists what would go and deletes nothing. */
  dryRun: z.boolean().default(true),
  /** In place of the policy in everturn.yaml. */
  policy: Retention.optional(),
});

export const PruneItem = z.object({
  kind: z.enum(['session', 'run']),
  id: z.string(),
  title: z.string(),
  /** Used last, archived, or ended. */
  since: z.iso.datetime(),
  because: z.enum(['idle', 'archived', 'ended']),
});
export type PruneItem = z.infer<typeof PruneItem>;

export const PruneResult = z.object({
  dryRun: z.boolean(),
  policy: Retention,
  /** What was deleted, or would be; the oldest first. */
  items: z.array(PruneItem),
  /** There is more: prune again. */
  isCut: z.boolean(),
});
export type PruneResult = z.infer<typeof PruneResult>;
