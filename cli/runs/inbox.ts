import type { ApiClient } from '../../client/api.ts';
import type { Approval } from '../../contracts/approvals.ts';
import type { Question, RunView } from '../../contracts/runs.ts';
import { createApprover } from '../turn/approver.ts';
import { approvalLines } from '../turn/describe.ts';
import { nodeName } from './describe.ts';
import { createQuestioner } from './questioner.ts';
import type { Stage } from './stage.ts';
import { watchWaiting } from './waiting.ts';

/** All that a run waits for: its own questions, those of runs within it, and tool calls of its sessions. */
export const openInbox = (api: ApiClient, runId: string, { screen, ask }: Stage, isPerson: boolean) => {
  const asker = isPerson ? ask : null;
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
