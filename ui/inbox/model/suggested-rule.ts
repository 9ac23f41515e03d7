import { describeRule } from '../../../contracts/permissions/describe-rule.ts';
import type { Subject } from '../../../contracts/permissions/subject.ts';
import { suggestRules } from '../../../contracts/permissions/suggest.ts';

/** The narrowest rule that would have allowed the call, in words; null where none can. */
export const suggestedRule = (subject: Subject): string | null => {
  const [narrowest] = suggestRules(subject);
  return narrowest ? describeRule(narrowest) : null;
};
