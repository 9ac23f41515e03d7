import { EverturnError } from '../../contracts/errors.ts';
import { PermissionRule, type RuleDecision } from '../../contracts/permissions/rule.ts';

/** Conditions of a rule, as they were typed. */
export type RuleOptions = Partial<Record<'tool' | 'kind' | 'path' | 'command' | 'host' | 'agent' | 'reason', string>>;

/** Throws `bad_request` that names each condition which cannot be used. */
export const ruleOfOptions = (decision: RuleDecision, options: RuleOptions): PermissionRule => {
  const parsed = PermissionRule.safeParse({ decision, ...options });
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    ({ path, message }) => `--${path.map(String).join('.') || 'rule'}: ${message}`,
  );
  throw new EverturnError('bad_request', `Cannot use the rule: ${faults.join('; ')}`);
};
