import type { Approval } from '../../contracts/approvals.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { checkForm } from '../../contracts/form.ts';
import type { Question, QuestionAnswer } from '../../contracts/runs.ts';
import type { Act } from '../../store/audit.ts';
import type { Store } from '../../store/store.ts';
import { type Delivery, unlessAway } from './delivery.ts';

type Given = { by: Act; answer: QuestionAnswer };

/** Answers of people, to tool calls and to questions of runs alike. The first stands. */
export const createAnswers = (store: Store, delivery: Delivery) => ({
  /** Throws `approval_answered` or `approval_closed` with what stands in `details.approval`. */
  async toApproval(asked: Approval, { by, answer }: Given): Promise<Approval> {
    const { applied, approval } = await store.act(
      { ...by, detail: { ...by.detail, tool: asked.tool } },
      ({ approvals }) => approvals.answer(asked, answer.decision, answer.note ?? null, by.user),
      (answered) => answered.applied,
    );
    store.wake(asked.sessionId);
    if (!applied) {
      const [code, why] =
        approval.status === 'closed'
          ? (['approval_closed', 'its turn has ended'] as const)
          : (['approval_answered', standing(approval)] as const);
      throw new EverturnError(code, `Cannot answer ${asked.id}: ${why}`, { details: { approval } });
    }
    await unlessAway(delivery.approval(asked.id));
    return approval;
  },

  /** Throws `form_invalid`, `approver_refused`, and what stands: `approval_answered`, `approval_expired`, `approval_closed`. */
  async toQuestion(asked: Question, { by, answer: { decision, note, fields = {} } }: Given): Promise<Question> {
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
});

const standing = ({ decision, answeredAt }: Pick<Question, 'decision' | 'answeredAt'>): string =>
  `it was answered "${decision}" at ${answeredAt}; the first answer stands`;

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
