import type { ApiClient } from '../../client/api.ts';
import type { Approval } from '../../contracts/approvals.ts';
import type { Question, RunView } from '../../contracts/runs.ts';
import { createApprover } from '../turn/approver.ts';
import { approvalLines } from '../turn/describe.ts';
import { nodeName } from './describe.ts';
import { createQuestioner } from './questioner.ts';
import type { Stage } from './stage.ts';

/** Approvals of sessions and questions of other runs are not in the run's stream, so they are polled at this pace. */
const paceMs = 2000;

type Waiting = { approvals: Approval[]; questions: Question[] };

/** Reports what waits for a user in the sessions of a run, and in the runs that its steps started. */
const watchWaiting = (
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
    // A failed poll is made up for by the next one.
    void look()
      .catch(() => {})
      .finally(() => {
        isLooking = false;
      });
  }, paceMs);
  return { stop: () => clearInterval(timer) };
};

/** Everything a run waits for: its own questions, those of runs within it, and tool calls of its sessions. */
export const openInbox = (api: ApiClient, runId: string, { screen, ask }: Stage, isTerminal: boolean) => {
  const asker = isTerminal ? ask : null;
  let view: RunView | null = null;
  const nameOf = ({ runId: ofRun, step }: Question): string | undefined => {
    const node = ofRun === runId ? view?.nodes[step] : undefined;
    return node && nodeName(node);
  };
  const questioner = createQuestioner(api, { note: screen.note, style: screen.style, ask: asker, nameOf });
  const approver = createApprover(api, screen, asker);
  const asked = new Map<string, Approval>();
  let within: Question[] = [];

  const seeApprovals = (approvals: Approval[]): void => {
    for (const approval of approvals) {
      if (asked.has(approval.id)) continue;
      asked.set(approval.id, approval);
      screen.note(approvalLines(approval, screen.style));
      approver.asked(approval);
    }
    for (const approval of asked.values()) {
      const isOver = !approvals.some(({ id }) => id === approval.id);
      if (isOver) approver.follow({ type: 'approval.answered', approval });
    }
  };
  const waiting = watchWaiting(api, runId, {
    view: () => view,
    onWaiting: ({ approvals, questions }) => {
      within = questions;
      questioner.see([...(view?.questions ?? []), ...within]);
      seeApprovals(approvals);
    },
  });

  return {
    see(next: RunView): void {
      view = next;
      questioner.see([...next.questions, ...within]);
    },
    close(): void {
      waiting.stop();
      questioner.close();
      approver.close();
    },
  };
};
