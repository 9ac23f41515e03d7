import { z } from 'zod';
import { Origin } from './flow.ts';

export const SkillRow = z.object({
  name: z.string(),
  description: z.string(),
  origin: Origin,
  folder: z.string(),
  /** Why it is not offered; null where it is. */
  problem: z.string().nullable(),
});
export type SkillRow = z.infer<typeof SkillRow>;

export const SkillList = z.object({ skills: z.array(SkillRow) });
export type SkillList = z.infer<typeof SkillList>;
