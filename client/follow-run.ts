import type { RunDetail } from '../contracts/run-detail.ts';
import { reduceRun } from '../contracts/run-view.ts';
import type { RunStreamEvent, RunView } from '../contracts/runs.ts';
import type { ApiClient } from './api.ts';
import { type Tailed, tailRun } from './tail.ts';

export type FollowRunOptions = {
  /** Begins with the whole; then once for each event, which is in the view already. */
  onChange?(view: RunView, event: RunStreamEvent | null): void;
  onState?: Tailed<RunDetail, RunStreamEvent>['onState'];
  /** Stops following; the run continues. */
  signal?: AbortSignal;
};

/** Follows a run to its end and gives it with its usage and files, through any number of lost connections. Null when `signal` aborted before. */
export const followRun = async (
  api: ApiClient,
  id: string,
  { onChange, onState, signal }: FollowRunOptions = {},
): Promise<RunDetail | null> => {
  const stop = new AbortController();
  let view: RunView | null = null;
  const see = (next: RunView, event: RunStreamEvent | null): void => {
    view = next;
    onChange?.(next, event);
    if (next.run.status !== 'running') stop.abort();
  };
  await tailRun(api, id, {
    signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
    ...(onState ? { onState } : {}),
    onSnapshot: (snapshot) => see(snapshot, null),
    onEvent: (event) => {
      if (view) see(reduceRun(view, event), event);
    },
  });
  // Usage, files and output are in no event.
  return stop.signal.aborted ? await api.getRun(id) : null;
};
