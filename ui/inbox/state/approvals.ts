import type { Approval, Decision } from '../../../contracts/approvals.ts';
import type { StreamEvent } from '../../../contracts/events.ts';
import type { StagedChanges } from '../../../contracts/file-changes.ts';
import type { Question, RunEvent } from '../../../contracts/runs.ts';
import { lockOf } from '../../shell/model/lock.ts';
import type { Action } from '../../shell/state/actions.ts';

/** What waits for a person, over all sessions and runs, and the answers that are on their way. */
export type Approvals = {
  items: Approval[];
  questions: Question[];
  /** Changes of files that are collected until somebody applies them. */
  staged: StagedChanges[];
  answering: Record<string, Decision>;
  /** Why the last answer did not reach the server, by id. */
  failures: Record<string, string>;
  /** What of a form does not fit, by id. */
  faults: Record<string, string[]>;
  /** Why this user may answer nothing; null where they may. */
  locked: string | null;
};

/** Staged changes are decided together: their session stands for them. */
export const stagedKey = (sessionId: string): string => `staged/${sessionId}`;

export const initialApprovals: Approvals = {
  items: [],
  questions: [],
  staged: [],
  answering: {},
  failures: {},
  faults: {},
  locked: null,
};

const without = <Value>(record: Record<string, Value>, id: string): Record<string, Value> =>
  Object.fromEntries(Object.entries(record).filter(([key]) => key !== id));

const settled = (approvals: Approvals, id: string): Approvals => ({
  ...approvals,
  items: approvals.items.filter((approval) => approval.id !== id),
  questions: approvals.questions.filter((question) => question.id !== id),
  staged: approvals.staged.filter(({ sessionId }) => stagedKey(sessionId) !== id),
  answering: without(approvals.answering, id),
  failures: without(approvals.failures, id),
  faults: without(approvals.faults, id),
});

const follow = (approvals: Approvals, { event }: StreamEvent): Approvals => {
  if (event.type === 'approval.answered') return settled(approvals, event.approval.id);
  if (event.type !== 'approval.asked') return approvals;
  const others = approvals.items.filter(({ id }) => id !== event.approval.id);
  return { ...approvals, items: [...others, event.approval] };
};

const followRun = (approvals: Approvals, event: RunEvent): Approvals => {
  if (event.type !== 'question.changed') return approvals;
  const { question } = event;
  if (question.status !== 'pending') return settled(approvals, question.id);
  const others = approvals.questions.filter(({ id }) => id !== question.id);
  return { ...approvals, questions: [...others, question] };
};

export const howMany = ({ items, questions, staged }: Approvals): number =>
  items.length + questions.length + staged.length;

export const updateApprovals = (approvals: Approvals, action: Action): Approvals => {
  switch (action.type) {
    case 'health':
      return { ...approvals, locked: lockOf(action.health) };
    case 'approvals':
      return { ...approvals, items: action.approvals, questions: action.questions, staged: action.staged };
    case 'answering':
      return {
        ...approvals,
        answering: { ...approvals.answering, [action.id]: action.decision },
        failures: without(approvals.failures, action.id),
        faults: without(approvals.faults, action.id),
      };
    case 'answered':
      // Its mark stays until the stream tells: the card must not offer the buttons again meanwhile.
      return {
        ...approvals,
        items: approvals.items.filter(({ id }) => id !== action.id),
        questions: approvals.questions.filter(({ id }) => id !== action.id),
        staged: approvals.staged.filter(({ sessionId }) => stagedKey(sessionId) !== action.id),
        answering: action.id.startsWith(stagedKey('')) ? without(approvals.answering, action.id) : approvals.answering,
      };
    case 'answer-failed':
      return {
        ...approvals,
        answering: without(approvals.answering, action.id),
        failures: { ...approvals.failures, [action.id]: action.message },
        faults: { ...approvals.faults, [action.id]: action.faults },
      };
    case 'events':
      return action.events.reduce(follow, approvals);
    case 'run-events':
      return action.events.reduce((before, { event }) => followRun(before, event), approvals);
    case 'session-deleted':
      return {
        ...approvals,
        items: approvals.items.filter(({ sessionId }) => sessionId !== action.id),
        staged: approvals.staged.filter(({ sessionId }) => sessionId !== action.id),
      };
    default:
      return approvals;
  }
};
