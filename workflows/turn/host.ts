import { CancellationScope, getExternalWorkflowHandle, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { TurnStart } from '../../contracts/activities.ts';
import { turnWorkflowId } from '../../contracts/ids.ts';
import { attributesOf } from '../attributes.ts';
import type { From, Inbox } from '../driver/inbox.ts';
import { describe, driveTurn, statusOf } from './drive.ts';
import {
  type Answer,
  answeredSignal,
  approvalUpdate,
  cancelSignal,
  checkAnswer,
  type TurnInput,
  turnStateQuery,
} from './messages.ts';
import { type Labels, runTurn } from './start.ts';

type Options = Pick<TurnInput, 'consoleUrl' | 'isDirect' | 'historyLimit'> & { labels: Labels };

type Running = {
  turn: number;
  snapshot(): unknown;
  /** Called when the inbox delivers. */
  cancel(): void;
  answer(answer: Answer): void;
  status: string;
  details: string;
};

/**
 * Runs turns within the workflow of the step they belong to: a workflow of their own would cost the server as much as all
 * that they do. `inbox` is the step's own. A workflow has one host; it takes the messages that a turn's workflow would.
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
  setHandler(cancelSignal, (of) => post(of?.turn, 'signal', (one) => one.cancel()));
  setHandler(approvalUpdate, (answer) => post(answer.turn, 'update', (one) => one.answer(answer)), {
    validator: checkAnswer,
  });
  setHandler(turnStateQuery, () => running?.snapshot() ?? null);

  /** A turn whose history has grown too long goes on in a workflow of its own, which can begin anew. */
  const moveOut = async (start: TurnStart, options: Parameters<typeof runTurn>[1]): Promise<void> => {
    const child = getExternalWorkflowHandle(turnWorkflowId(start.sessionId, start.turn));
    // What is not delivered stands in Postgres, and is told again.
    const tell = (telling: Promise<void>): void => void telling.catch(() => {});
    running = {
      turn: start.turn,
      snapshot: () => null,
      cancel: () => tell(child.signal(cancelSignal, { turn: start.turn })),
      answer: (answer) => tell(child.signal(answeredSignal, answer)),
      status: 'running',
      details: `Turn ${start.turn} of session ${start.sessionId} goes on in a workflow of its own.`,
    };
    onState();
    await runTurn(start, options);
  };

  return {
    /** Resolves when the turn has ended in whatever way. */
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
        snapshot: () => {
          const { value, context, status } = driver.snapshot();
          return { value, context, status };
        },
        cancel: () => driver.hear({ type: 'cancel' }),
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

    /** At once. Does nothing where no turn runs. */
    cancel: (): void => running?.cancel(),

    state: (): { isWaiting: boolean; details: string[] } => ({
      isWaiting: running?.status === 'waiting',
      details: running ? [running.details] : [],
    }),
  };
};
