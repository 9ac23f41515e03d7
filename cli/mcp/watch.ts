import { z } from 'zod';
import type { ApiClient } from '../../client/api.ts';
import { tailRun, tailSession } from '../../client/tail.ts';
import { replyText } from '../../contracts/reply-text.ts';
import { todoIn } from '../../contracts/todo.ts';
import type { SessionView } from '../../contracts/view.ts';
import { type Extra, progressOf } from './answer.ts';

export const Seconds = z
  .number()
  .min(0)
  .max(3600)
  .default(30)
  .describe('How long to wait. Keep it below the time limit of your own client; wait again where it was not enough');

/** Ends when the time is over or the client gives up, whichever comes first. */
const within = (seconds: number, { signal }: Pick<Extra, 'signal'>, stop: AbortController): AbortSignal =>
  AbortSignal.any([signal, stop.signal, AbortSignal.timeout(seconds * 1000)]);

const turnIn = ({ turns }: SessionView): number | null => {
  const running = Object.entries(turns).filter(([, { status }]) => status === 'running');
  return running.length === 0 ? null : Number(running.at(-1)?.[0]);
};

/** Waits until a session has nothing to do, or waits for a user. */
export const waitForSession = async (api: ApiClient, id: string, seconds: number, extra: Extra): Promise<void> => {
  const stop = new AbortController();
  const say = progressOf(extra);
  await tailSession(api, id, {
    signal: within(seconds, extra, stop),
    onSnapshot: ({ view }) => {
      const isWaiting = view.approvals.some(({ status }) => status === 'pending');
      if (isWaiting || (turnIn(view) === null && view.waiting.length === 0)) stop.abort();
    },
    onEvent: ({ event }) => {
      if ('subagent' in event) return;
      if (event.type === 'step.sealed' || event.type === 'turn.started') say(event.type);
      if (event.type === 'approval.asked') {
        say(`waits for approval of ${event.approval.tool}`);
        stop.abort();
      }
      if (event.type === 'turn.settled') stop.abort();
    },
  });
};

/** What a client needs to know of a session now. */
export const stateOfSession = async (api: ApiClient, id: string) => {
  const { session, view } = await api.getSession(id);
  const turn = turnIn(view);
  const pending = view.approvals.filter(({ status }) => status === 'pending');
  const last = Math.max(0, ...Object.keys(view.turns).map(Number));
  const state = pending.length > 0 ? 'waits for approval' : turn !== null || view.waiting.length > 0 ? 'works' : 'idle';
  return {
    session: id,
    title: session.title,
    state,
    turn: last,
    outcome: view.turns[String(last)]?.status ?? null,
    failure: view.turns[String(last)]?.code ?? null,
    reply: state === 'works' ? null : replyText(view.chunks.filter((chunk) => chunk.turn === last)),
    todo: todoIn(view.chunks),
    approvals: pending.map(({ id: approval, tool, arguments: args }) => ({ id: approval, tool, arguments: args })),
  };
};

/** Waits until a run has ended, or waits for a user. */
export const waitForRun = async (api: ApiClient, id: string, seconds: number, extra: Extra): Promise<void> => {
  const stop = new AbortController();
  const say = progressOf(extra);
  const isOver = async (): Promise<void> => {
    const { run, questions } = await api.getRun(id);
    if (run.status !== 'running' || questions.some(({ status }) => status === 'pending')) stop.abort();
  };
  await tailRun(api, id, {
    signal: within(seconds, extra, stop),
    onSnapshot: () => void isOver().catch(() => stop.abort()),
    onEvent: ({ event }) => {
      say(event.type);
      void isOver().catch(() => stop.abort());
    },
  });
};
