import { CancellationScope, getExternalWorkflowHandle, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { TurnStart } from '../../contracts/activities.ts';
import { turnWorkflowId } from '../../contracts/ids.ts';
import { attributesOf } from '../attributes.ts';
import type { From, Inbox } from '../driver/inbox.ts';
import type { MachineReport } from '../driver/messages.ts';
import { describe, driveTurn, statusOf } from './drive.ts';
import {
  type Answer,
  answeredSignal,
  approvalUpdate,
  cancelSignal,
  checkAnswer,
  keyClearedSignal,
  type TurnInput,
  turnStateQuery,
} from './messages.ts';
import { type Labels, runTurn } from './start.ts';

type Options = Pick<TurnInput, 'consoleUrl' | 'isDirect' | 'historyLimit'> & { labels: Labels };

type Running = {
  turn: number;
  snapshot(): MachineReport | null;
  /** These three are called while the inbox delivers. */
  cancel(): void;
  keyCleared(): void;
  answer(answer: Answer): void;
  status: string;
  details: string;
};

/**
 * Runs turns within the workflow of the step or call they belong to, one after another: a workflow of their own would cost
 * Temporal's server as much as everything else they do (decision 22). `inbox` is the one of the step's driver; `onState` is
 * called when `state()` may have changed. Create one host for each workflow: it handles the signals, updates and the query
 * of the turn that runs.
 */
export const createTurnHost = ({ inbox, onState }: { inbox: Inbox; onState: () => void }) => {
  let running: Running | null = null;

  const post = (turn: number | undefined, from: From, tell: (running: Running) => void): Promise<void> =>
    new Promise((heard) => {
      const deliver = (): void => {
        if (running && (turn ?? running.turn) === running.turn) tell(running);
      };
      inbox.post(deliver, from, heard);
    });
  setHandler(cancelSignal, (target) => post(target?.turn, 'signal', (one) => one.cancel()));
  setHandler(keyClearedSignal, (target) => post(target?.turn, 'signal', (one) => one.keyCleared()));
  setHandler(approvalUpdate, (answer) => post(answer.turn, 'update', (one) => one.answer(answer)), {
    validator: checkAnswer,
  });
  setHandler(turnStateQuery, () => running?.snapshot() ?? null);

  /** A turn whose history has grown too long continues in a workflow of its own, which can start over. */
  const moveOut = async (start: TurnStart, options: Parameters<typeof runTurn>[1]): Promise<void> => {
    const child = getExternalWorkflowHandle(turnWorkflowId(start.sessionId, start.turn));
    // Answers and cancels are rows in Postgres first: one that is not delivered is sent again from there.
    const tell = (telling: Promise<void>): void => void telling.catch(() => {});
    running = {
      turn: start.turn,
      snapshot: () => null,
      cancel: () => tell(child.signal(cancelSignal, { turn: start.turn })),
      keyCleared: () => tell(child.signal(keyClearedSignal, { turn: start.turn })),
      answer: (answer) => tell(child.signal(answeredSignal, answer)),
      status: 'running',
      details: `Turn ${start.turn} of session ${start.sessionId} goes on in a workflow of its own.`,
    };
    onState();
    await runTurn(start, options);
  };

  return {
    /** Resolves when the turn has ended, whether it completed, failed or was cancelled. */
    async run(start: TurnStart, { consoleUrl, isDirect, historyLimit, labels }: Options): Promise<void> {
      const input = { ...start, consoleUrl, isDirect, historyLimit };
      const driver = driveTurn(input, {
        inbox,
        onState: (snapshot) => {
          if (running?.turn !== start.turn) return;
          Object.assign(running, { status: statusOf(snapshot), details: describe(snapshot, input) });
          onState();
        },
      });
      running = {
        turn: start.turn,
        snapshot: driver.report,
        cancel: () => driver.hear({ type: 'cancel' }),
        keyCleared: () => driver.hear({ type: 'key.cleared' }),
        answer: ({ step, call, decision }) => driver.hear({ type: 'approval.answered', step, call, decision }),
        status: statusOf(driver.snapshot()),
        details: describe(driver.snapshot(), input),
      };
      const { sessionId: session, agent, model } = start;
      upsertSearchAttributes(attributesOf({ session, agent, model }));
      onState();
      const outcome = await CancellationScope.nonCancellable(() => driver.outcome);
      if (outcome === 'continue') {
        await moveOut(start, { consoleUrl, isDirect, resume: driver.resume(), labels });
      }
      running = null;
      onState();
    },

    /** Cancels the turn that runs, at once and past the inbox. Without one it does nothing. */
    cancel: (): void => running?.cancel(),

    state: (): { isWaiting: boolean; details: string[] } => ({
      isWaiting: running?.status === 'waiting',
      details: running ? [running.details] : [],
    }),
  };
};
