import { createHash } from 'node:crypto';
import type { Approval, Decision, Remember } from '../../../contracts/approvals.ts';
import { EverturnError } from '../../../contracts/errors.ts';
import { decide } from '../../../contracts/permissions/decide.ts';
import { describeRule } from '../../../contracts/permissions/describe-rule.ts';
import type { PermissionRule, PlacedRule } from '../../../contracts/permissions/rule.ts';
import { suggestRules } from '../../../contracts/permissions/suggest.ts';
import type { NewStoredRule } from '../../../store/permissions.ts';

const refused = (id: string, why: string): EverturnError =>
  new EverturnError('remember_refused', `Cannot remember the answer to ${id}: ${why}`);

const placed = (rule: PermissionRule): PlacedRule => ({ source: 'session', id: null, place: '', rule });

const ruleOf = ({ id, because }: Approval, decision: Decision, given: PermissionRule | undefined): PermissionRule => {
  if (!because) throw refused(id, 'nothing was kept of what the call was about; answer it without remember');
  const { rule: asking, subject } = because;
  const wanted = decision === 'approve' ? 'allow' : 'deny';
  if (wanted === 'allow' && asking !== null)
    throw refused(
      id,
      `it is asked because of a rule, which one that allows does not overrule (${because.words}). Change or remove that rule`,
    );
  const [narrowest] = suggestRules(subject);
  const rule = given ?? (narrowest && { ...narrowest, decision: wanted });
  if (!rule) throw refused(id, 'no rule can describe this call; answer it without remember');
  if (rule.decision !== wanted) throw refused(id, `the answer is "${decision}", and the rule says ${rule.decision}`);
  if (decide(subject, [placed(rule)]).decision !== wanted)
    throw refused(id, `the rule "${describeRule(rule)}" does not cover this call`);
  return rule;
};

/** The rule that an answer leaves behind. Throws `remember_refused`. */
export const rememberedRule = (
  approval: Approval,
  { decision, remember: { scope, rule }, by }: { decision: Decision; remember: Remember; by: string },
): NewStoredRule => {
  if (approval.question) throw refused(approval.id, 'it is a question, and the next one is another');
  const own = ruleOf(approval, decision, rule);
  const { sessionId, id, because } = approval;
  const place =
    scope === 'session'
      ? { sessionId, workspace: null }
      : { sessionId: null, workspace: because?.subject.workspace ?? null };
  return {
    id: `rule_${createHash('sha256')
      .update(`${id} ${scope} ${JSON.stringify(own)}`)
      .digest('hex')
      .slice(0, 16)}`,
    ...place,
    rule: own,
    approval: id,
    createdBy: by,
  };
};

/** Whether a new rule allows a waiting call that otherwise only a user could allow. */
export const isCoveredBy = ({ because, question, sessionId }: Approval, rule: NewStoredRule): boolean => {
  if (!because || question || because.rule !== null || rule.rule.decision !== 'allow') return false;
  if (rule.sessionId === null ? because.subject.workspace !== rule.workspace : sessionId !== rule.sessionId)
    return false;
  return decide(because.subject, [placed(rule.rule)]).decision === 'allow';
};
