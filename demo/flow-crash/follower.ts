import type { ApiClient } from '../../client/api.ts';
import { newIdempotencyKey } from '../../client/idempotency.ts';
import { tailRun } from '../../client/tail.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { hasEnded, reduceRun } from '../../contracts/run-view.ts';
import type { Question, RunView } from '../../contracts/runs.ts';
import { until } from '../support/clock.ts';

/** Calls until it is answered: the API, or what it needs, may be away. */
export const persist = async <Result>(what: string, call: () => Promise<Result>): Promise<Result> => {
  let last = '';
  const attempt = async (): Promise<{ result: Result } | null> => {
    try {
      return { result: await call() };
    } catch (error) {
      if (!(error instanceof EverturnError) || !error.retryable) throw error;
      last = error.message;
      return null;
    }
  };
  try {
    return (await until(what, attempt)).result;
  } catch (error) {
    throw last === '' ? error : new Error(`${(error as Error).message}: ${last}`, { cause: error });
  }
};

/** Somebody who watches a run all the time, as the console does, and never reloads. */
export const followRun = (api: ApiClient, id: string) => {
  const closing = new AbortController();
  const faults: string[] = [];
  let view: RunView | undefined;
  const following = tailRun(api, id, {
    signal: closing.signal,
    onSnapshot: (snapshot) => {
      view = snapshot;
    },
    onEvent: (event) => {
      if (view) view = reduceRun(view, event);
    },
  }).catch((error: unknown) => {
    faults.push(`the watcher of the run gave up: ${String(error)}`);
  });

  const doing = (): string => {
    const steps = Object.values(view?.nodes ?? {}).filter(({ status }) => !hasEnded(status));
    const shown = steps.map(({ step, total }) =>
      total === null ? step : `${step} ${view?.items[step]?.completed ?? 0}/${total}`,
    );
    return shown.join(', ') || 'between steps';
  };

  return {
    faults,
    doing,
    view: () => view,
    isEnded: (): boolean => view !== undefined && view.run.status !== 'running',
    question: (): Question | undefined => view?.questions[0],
    async close(): Promise<void> {
      closing.abort();
      await following;
    },
  };
};

/** Approves, as often as it takes. An answer that was taken before we heard so is ours. */
export const approve = async (api: ApiClient, { id }: Question): Promise<void> => {
  const idempotencyKey = newIdempotencyKey();
  let attempts = 0;
  await persist('the answer to the approval', async () => {
    attempts += 1;
    try {
      await api.answerQuestion(id, { decision: 'approve' }, { idempotencyKey });
    } catch (error) {
      if (attempts > 1 && error instanceof EverturnError && error.code === 'approval_answered') return;
      throw error;
    }
  });
};
