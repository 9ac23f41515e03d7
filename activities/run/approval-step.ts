import type { Concluded, Prepared } from '../../contracts/activities.ts';
import { toMs } from '../../contracts/duration.ts';
import type { Step } from '../../contracts/flow.ts';
import type { Question } from '../../contracts/runs.ts';
import { notYet } from '../failure.ts';
import { type StepAttempt, settled } from './attempt.ts';
import { hashOf } from './hash.ts';
import { reuse } from './reuse.ts';
import { upstream } from './upstream.ts';

type Approval = Extract<Step, { kind: 'approval' }>;

export const questionId = ({ key, attempt }: Pick<StepAttempt, 'key' | 'attempt'>): string => `${key}#${attempt}`;

/** What a user has seen when they answered. */
const hashOfAsked = async (attempt: StepAttempt, { form, approvers }: Approval, prompt: string): Promise<string> =>
  hashOf({ kind: 'approval', prompt, form, approvers: approvers ?? null, upstream: await upstream(attempt) });

/** A deadline's own approval is not an answer that could be kept. */
const isOfPerson = (output: unknown): boolean => (output as { by: string | null }).by !== null;

export const prepareApproval = async (attempt: StepAttempt): Promise<Prepared> => {
  const { store, stepRef, key, evaluator } = attempt;
  const step = attempt.step as Approval;
  const prompt = String(await evaluator.evaluate({ kind: 'template', text: step.prompt, field: 'prompt' }));
  const inputHash = await hashOfAsked(attempt, step, prompt);
  const earlier = step.reuse ? await reuse(attempt, inputHash, isOfPerson) : undefined;
  if (earlier) return earlier;
  const status = await attempt.put({ status: 'waiting', inputHash, code: null, reason: null });
  if (status !== 'waiting') return settled(status);
  const deadlineMs = await store.questions.ask({
    id: questionId(attempt),
    runId: stepRef.runId,
    node: key,
    step: step.id,
    prompt,
    form: step.form,
    approvers: step.approvers ?? null,
    deadlineMs: step.deadline === undefined ? null : toMs(step.deadline),
  });
  store.wakeRun(stepRef.runId);
  // A run that just waits takes no slot.
  store.wakeQueue();
  // An answer that came before the workflow could be notified counts: it checks at once.
  const asked = await store.questions.find(questionId(attempt));
  return { outcome: 'work', work: { kind: 'question', deadlineMs: asked?.status === 'pending' ? deadlineMs : 1 } };
};

const outputOf = ({ decision, fields, note, answeredBy, answeredAt }: Question, decided = decision) => ({
  decision: decided,
  fields: fields ?? {},
  note,
  by: answeredBy,
  at: answeredAt,
});

export const concludeApproval = async (attempt: StepAttempt): Promise<Concluded> => {
  const { store, stepRef } = attempt;
  const step = attempt.step as Approval;
  const question = await store.questions.expire({ id: questionId(attempt), runId: stepRef.runId });
  // The answer reported to the workflow was forged.
  if (question.status === 'pending') throw notYet();
  store.wakeRun(stepRef.runId);
  const isExpired = question.status === 'expired';
  const decision = isExpired
    ? { time_out: null, approve: 'approve' as const, deny: 'deny' as const }[step.onDeadline]
    : question.decision;
  // A script reads the answer itself.
  if (attempt.call) {
    return settled(
      await attempt.complete({ approved: decision === 'approve', ...outputOf(question, decision) }),
    ) as Concluded;
  }
  if (decision === null) {
    const reason = `No one answered before ${question.deadline}`;
    return { outcome: 'settled', status: await attempt.put({ status: 'timed_out', code: 'approval_expired', reason }) };
  }
  const output = outputOf(question, decision);
  if (decision === 'approve') return settled(await attempt.complete(output)) as Concluded;
  const by = isExpired ? 'the deadline' : (question.answeredBy ?? 'a person');
  const reason = `Denied by ${by}${question.note ? `: ${question.note}` : ''}`;
  return {
    outcome: 'settled',
    status: await attempt.put({ status: 'failed', code: 'approval_denied', reason, output }),
  };
};
