import type { ApiClient } from '../../client/api.ts';
import { tailSession } from '../../client/tail.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { reduce, type SessionView } from '../../contracts/view.ts';
import { tapped, type Wire } from '../crash/tap.ts';
import { until } from '../support/clock.ts';
import { watchRun } from '../support/watch-run.ts';
import type { FaultStack } from './stack.ts';

/** The four ways in which a promise is broken. */
export const breaches = ['lost', 'doubled', 'stuck', 'opened'] as const;
export type Breach = { kind: (typeof breaches)[number]; words: string };

/** What an actor has of the stack: what anybody outside has. */
export type Play = {
  stack: FaultStack;
  /** Begins each prompt; in Temporal it must not be found. */
  name: string;
  random: () => number;
};

/** Beyond every timeout that mends something by itself, the longest being 20 s, with a machine that is busy. */
export const patienceMs = 120_000;

/** What has not come within the patience: the one thing that a wait of ours ends with. */
export class Stuck extends Error {}

export const patiently = async <Result>(
  what: string,
  look: () => Promise<Result | undefined | null | false> | Result | undefined | null | false,
): Promise<Result> => {
  let last: Error | null = null;
  try {
    return await until(
      what,
      async () => {
        try {
          last = null;
          return await look();
        } catch (error) {
          if (!(error instanceof EverturnError) || !error.retryable) throw error;
          last = error;
          return null;
        }
      },
      patienceMs,
    );
  } catch (error) {
    if (error instanceof EverturnError) throw error;
    const cause = last as Error | null;
    throw new Stuck(`${(error as Error).message}${cause === null ? '' : `: ${cause.message}`}`, { cause: error });
  }
};

/** Asks one API and then the other, until one answers. */
export const ask = async <Result>(
  { stack }: Play,
  what: string,
  call: (api: ApiClient) => Promise<Result>,
  first = 0,
): Promise<Result> => {
  let attempt = first;
  const { result } = await patiently(what, async () => {
    const api = stack.apis[attempt % stack.apis.length] as ApiClient;
    attempt += 1;
    return { result: await call(api) };
  });
  return result;
};

/** The same request with the same key to both APIs at once: one effect, and one answer. */
export const askBoth = async <Result>(
  play: Play,
  what: string,
  call: (api: ApiClient) => Promise<Result>,
): Promise<[Result, Result]> => Promise.all([ask(play, what, call, 0), ask(play, what, call, 1)]);

/** Somebody who watches a session all the time and never reloads. */
export const watchSession = ({ stack }: Play, id: string, at: number) => {
  const api = stack.apis[at % stack.apis.length] as ApiClient;
  const closing = new AbortController();
  const wire: Wire = { connections: 0, faults: [] };
  const faults: string[] = [];
  let view: SessionView | undefined;
  const following = tailSession(tapped(api, wire), id, {
    signal: closing.signal,
    onSnapshot: (snapshot) => {
      view = snapshot.view;
    },
    onEvent: (event) => {
      if (view) view = reduce(view, event);
    },
  }).catch((error: unknown) => {
    faults.push(`a watcher of ${id} gave up: ${String(error)}`);
  });
  return {
    view: () => view,
    faults: (): string[] => [...faults, ...wire.faults],
    async close(): Promise<void> {
      closing.abort();
      await following;
    },
  };
};
export type Watched = ReturnType<typeof watchSession>;

/** The same of a run. */
export const watchRunOf = ({ stack }: Play, id: string, at: number) =>
  watchRun(stack.apis[at % stack.apis.length] as ApiClient, id);
