import { type Approval, isWithinCall } from '../../contracts/approvals.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { checkForm } from '../../contracts/form.ts';
import { answerFault } from '../../contracts/permissions/question.ts';
import type { Question, QuestionAnswer } from '../../contracts/runs.ts';
import type { Act } from '../../store/audit.ts';
import type { NewStoredRule } from '../../store/permissions.ts';
import type { Store } from '../../store/store.ts';
import { type Delivery, unlessAway } from './delivery.ts';
import { isCoveredBy, rememberedRule } from './permissions/remember.ts';

type Given = { by: Act; answer: QuestionAnswer };

/** Answers of people, to tool calls and to questions of runs alike. The first one is kept. */
export const createAnswers = (store: Store, delivery: Delivery) => {
  /** What waits, and the new rule allows, no longer waits. */
  const answerCovered = async (rule: NewStoredRule): Promise<void> => {
    for (const waiting of await store.approvals.pending()) {
      if (!isCoveredBy(waiting, rule)) continue;
      const { applied } = await store.approvals.answer(waiting, 'approve', null, 'rule');
      if (!applied) continue;
      store.wake(waiting.sessionId);
      await unlessAway(delivery.approval(waiting.id));
    }
  };

  /** Approves a denied call after all: the agent is notified, and the next equal call may run. */
  const late = async (asked: Approval, { by, answer }: Given): Promise<Approval> => {
    const refusal = (why: string): EverturnError =>
      new EverturnError('approval_answered', `Cannot approve ${asked.id} late: ${why}`, {
        details: { approval: asked },
      });
    if (answer.decision !== 'approve') throw refusal('late answers approve; the call was denied already, or never ran');
    if (asked.question) throw refusal('it is a question; answer the next one');
    if (isWithinCall(asked)) throw refusal('it was asked while a call ran; have the agent make that call again');
    if (answer.remember) throw refusal('remember goes with answers to calls that wait; add the rule itself');
    const session = await store.sessions.find(asked.sessionId);
    if (session?.runId) throw refusal(`its session belongs to the run ${session.runId}; run that again`);
    const { outcome, approval } = await store.act(
      { ...by, detail: { ...by.detail, tool: asked.tool, late: true } },
      ({ approvals }) => approvals.approveLate(asked, by.user),
      (done) => done.outcome === 'applied',
    );
    if (outcome === 'pending') throw refusal('it still waits; answer it without late');
    if (outcome === 'approved') throw refusal('it was approved when it was asked');
    store.wake(asked.sessionId);
    const { id, sessionId, tool } = asked;
    const text = `The call of ${tool} that was denied is approved now. Make it again, with exactly the same arguments, if it is still needed:\n${asked.arguments}`;
    await delivery.message(
      { id: `m_late_${id.replaceAll('/', '_')}`, sessionId, text, whenBusy: 'enqueue' },
      { isOurs: true },
    );
    return approval;
  };

  return {
    /**
     * Throws `approval_answered` or `approval_closed` with what is in `details.approval`, `approval_changed`,
     * `remember_refused`, and `form_invalid` where the answer does not fit what the agent asked.
     */
    async toApproval(asked: Approval, given: Given): Promise<Approval> {
      const { by, answer } = given;
      checkShown(asked, answer);
      if (answer.late) return await late(asked, given);
      const fields = checkFields(asked, answer);
      const rule = answer.remember && rememberedRule(asked, { ...answer, remember: answer.remember, by: by.user });
      const { applied, approval } = await store.act(
        { ...by, detail: { ...by.detail, tool: asked.tool, ...(rule ? { rule: rule.id } : {}) } },
        async ({ approvals, permissions }) => {
          const answered = await approvals.answer(asked, answer.decision, answer.note ?? null, by.user, fields);
          if (answered.applied && rule) await permissions.add(rule);
          return answered;
        },
        (answered) => answered.applied,
      );
      store.wake(asked.sessionId);
      if (!applied) {
        const [code, why] =
          approval.status === 'closed'
            ? (['approval_closed', `its ${isWithinCall(asked) ? 'call' : 'turn'} has ended`] as const)
            : approval.status === 'pending'
              ? (['approval_expired', `its deadline was ${approval.deadline}`] as const)
              : (['approval_answered', standing(approval)] as const);
        throw new EverturnError(code, `Cannot answer ${asked.id}: ${why}`, { details: { approval } });
      }
      await unlessAway(delivery.approval(asked.id));
      if (rule) await answerCovered(rule);
      return approval;
    },

    /** Throws `form_invalid`, `approver_refused`, and the stored end: `approval_answered`, `approval_expired`, `approval_closed`. */
    async toQuestion(asked: Question, { by, answer }: Given): Promise<Question> {
      const { decision, note, fields = {}, remember, late: isLate } = answer;
      if (remember || isLate)
        throw new EverturnError(
          'bad_request',
          `Cannot answer ${asked.id}: remember and late are for tool calls; this is a question of a run`,
        );
      const { user } = by;
      const isTaken = asked.status === 'pending' && (asked.approvers?.includes(user) ?? true);
      const checked = isTaken ? checkForm(asked, decision, fields) : {};
      const { outcome, question } = await store.act(
        by,
        ({ questions }) =>
          questions.answer(asked, {
            decision,
            fields: Object.keys(checked).length === 0 ? null : checked,
            note: note ?? null,
            by: user,
          }),
        (answered) => answered.outcome === 'applied',
      );
      if (outcome !== 'applied') throw refusal(outcome, question, user);
      store.wakeRun(asked.runId);
      await unlessAway(delivery.question(asked.id));
      return question;
    },
  };
};

/** A user answers what they have seen. */
const checkShown = ({ id, argumentsHash }: Approval, answer: QuestionAnswer): void => {
  if (answer.argumentsHash === undefined || answer.argumentsHash === argumentsHash) return;
  throw new EverturnError(
    'approval_changed',
    `Cannot answer ${id}: its arguments are not those that were shown. Read it again`,
  );
};

/** The fields of an answer to a question of an agent; null for a call. */
const checkFields = (
  { id, question }: Approval,
  { decision, fields = {} }: QuestionAnswer,
): Record<string, unknown> | null => {
  const unknown = Object.keys(fields).find((name) => !question || name !== 'answer');
  const fault = unknown
    ? `${unknown}: ${question ? 'the only field is answer' : 'a tool call has no form'}`
    : question && decision === 'approve'
      ? answerFault(question, fields.answer)
      : null;
  if (fault) throw new EverturnError('form_invalid', `Cannot answer ${id}: ${fault}`, { details: { faults: [fault] } });
  return question && decision === 'approve' ? { answer: fields.answer } : null;
};

const standing = ({ decision, answeredAt }: Pick<Question, 'decision' | 'answeredAt'>): string =>
  `it was answered "${decision}" at ${answeredAt}; the first answer counts`;

const refusal = (
  outcome: 'refused' | 'answered' | 'expired' | 'closed',
  question: Question,
  user: string,
): EverturnError => {
  const [code, why] = {
    refused: ['approver_refused', `${user} is not among ${(question.approvers ?? []).join(', ')}`] as const,
    answered: ['approval_answered', standing(question)] as const,
    expired: ['approval_expired', `its deadline was ${question.deadline}`] as const,
    closed: ['approval_closed', 'its step has ended'] as const,
  }[outcome];
  return new EverturnError(code, `Cannot answer ${question.id}: ${why}`, { details: { question } });
};
