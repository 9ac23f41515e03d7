import { z } from 'zod';

const days = z.int().min(1).max(36_500);

/** After how many days `everturn prune` deletes what. What has no number is kept. */
export const Retention = z.strictObject({
  idleDays: days.optional().describe('Sessions without a message for so many days, except archived ones.'),
  archivedDays: days.optional().describe('Sessions that were archived so many days ago.'),
  runDays: days.optional().describe('Runs that ended so many days ago, with their sessions.'),
});
export type Retention = z.infer<typeof Retention>;

export const PruneRequest = z.strictObject({
  dryRun: z.boolean().default(true).describe('List what would be deleted, and delete nothing.'),
  policy: Retention.optional().describe('Instead of `retention` of everturn.yaml.'),
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
