import type { ApiClient } from '../../client/api.ts';
import { newIdempotencyKey } from '../../client/idempotency.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { hasEnded } from '../../contracts/run-view.ts';
import type { Question } from '../../contracts/runs.ts';
import { until } from '../support/clock.ts';
import { watchRun } from '../support/watch-run.ts';

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
  const { view: read, faults, close } = watchRun(api, id);

  const doing = (): string => {
    const view = read();
    const steps = Object.values(view?.nodes ?? {}).filter(({ status }) => !hasEnded(status));
    const shown = steps.map(({ step, total }) =>
      total === null ? step : `${step} ${view?.items[step]?.completed ?? 0}/${total}`,
    );
    return shown.join(', ') || 'between steps';
  };

  return {
    faults,
    doing,
    view: read,
    isEnded: (): boolean => (read()?.run.status ?? 'running') !== 'running',
    question: (): Question | undefined => read()?.questions[0],
    close,
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
