import type { ApiClient } from '../../client/api.ts';
import type { Approval } from '../../contracts/approvals.ts';
import type { Question, RunView } from '../../contracts/runs.ts';

/** What waits there stands in the streams of sessions and of other runs, so it is looked for at this pace. */
const paceMs = 2000;

type Waiting = { approvals: Approval[]; questions: Question[] };

/** Tells what waits for a person in the sessions of a run, and in the runs that its steps started. */
export const watchWaiting = (
  api: ApiClient,
  runId: string,
  { view, onWaiting }: { view(): RunView | null; onWaiting(waiting: Waiting): void },
) => {
  const look = async (): Promise<void> => {
    const nodes = Object.values(view()?.nodes ?? {});
    if (!nodes.some(({ status }) => status === 'running' || status === 'waiting')) return;
    const { approvals, questions } = await api.listApprovals();
    const children = new Set(nodes.flatMap(({ childRun }) => childRun ?? []));
    const sessions = new Set<string>();
    if (approvals.length > 0) {
      for (const id of [runId, ...children]) {
        for (const session of (await api.listSessions({ runId: id, limit: 200 })).sessions) sessions.add(session.id);
      }
    }
    onWaiting({
      approvals: approvals.filter(({ sessionId }) => sessions.has(sessionId)),
      questions: questions.filter((question) => children.has(question.runId)),
    });
  };
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    // What cannot be read now is read the next time.
    void look()
      .catch(() => {})
      .finally(() => {
        isLooking = false;
      });
  }, paceMs);
  return { stop: () => clearInterval(timer) };
};
