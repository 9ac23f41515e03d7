import { z } from 'zod';
import { PlacedRule, RuleDecision } from './rule.ts';
import { Subject } from './subject.ts';

/** What was decided about a call, and why. `rule` is null where none matched and the default of its kind holds. */
export const Decided = z.object({
  decision: RuleDecision,
  rule: PlacedRule.nullable(),
  /** One sentence for people and models. */
  words: z.string(),
});
export type Decided = z.infer<typeof Decided>;

/** A decision as it is kept with the call. */
export const Because = Decided.extend({ subject: Subject });
export type Because = z.infer<typeof Because>;
