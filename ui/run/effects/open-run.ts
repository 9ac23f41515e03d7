import { newIdempotencyKey } from '../../../client/idempotency.ts';
import { itemWorkflowId, stepWorkflowId } from '../../../contracts/ids.ts';
import type { Rerun } from '../../../contracts/runs.ts';
import { saveFile } from '../../shell/effects/save-file.ts';
import { asError, notify, reportFailure, type Store } from '../../shell/effects/store.ts';
import type { RunTarget } from '../../shell/model/address.ts';
import type { ItemList, ItemRequest, RunVerb } from '../model/open-run.ts';
import type { OpenRun } from '../state/run.ts';

const pageSize = 100;

export type OpenRunActions = {
  ask(verb: Exclude<RunVerb, 'rerun'>): void;
  rerun(body: Rerun): void;
  loadItems(request: ItemRequest): void;
  loadResult(target: RunTarget): void;
  loadReport(): void;
  loadSource(): void;
  loadEnds(): void;
  download(name: string): void;
};

/** What is asked of the run on the screen, and what is read of it on demand. `open` shows a run. */
export const createOpenRun = (store: Store, open: (id: string) => void): OpenRunActions => {
  let last = { body: '', key: '' };
  const current = (): OpenRun | null => store.get().run;

  const loadItems = async (runId: string, { step, from, filter, before = [] }: ItemRequest): Promise<void> => {
    const known = current()?.items[step];
    const list: ItemList = {
      status: 'loading',
      filter,
      from,
      before,
      nextIndex: null,
      items: known?.filter === filter ? known.items : [],
      error: null,
    };
    store.dispatch({ type: 'items', runId, step, list });
    const isWanted = (): boolean => {
      const now = current()?.items[step];
      return now?.from === from && now.filter === filter;
    };
    try {
      const page = await store.api().listItems(runId, step, { from, limit: pageSize, status: filter ?? undefined });
      if (isWanted()) store.dispatch({ type: 'items', runId, step, list: { ...list, ...page, status: 'ready' } });
    } catch (cause) {
      if (!isWanted()) return;
      store.dispatch({ type: 'items', runId, step, list: { ...list, status: 'failed', error: asError(cause) } });
    }
  };

  const loadResult = async (runId: string, { step, index }: RunTarget): Promise<void> => {
    const key = index === null ? stepWorkflowId(runId, step) : itemWorkflowId(runId, step, index);
    if (current()?.results[key]?.status === 'loading') return;
    store.dispatch({ type: 'result', runId, key, result: { status: 'loading' } });
    try {
      const result = await store.api().getNode(runId, step, index);
      store.dispatch({ type: 'result', runId, key, result: { status: 'ready', result } });
    } catch (cause) {
      store.dispatch({ type: 'result', runId, key, result: { status: 'failed', error: asError(cause) } });
    }
  };

  const loadReport = async (runId: string): Promise<void> => {
    store.dispatch({ type: 'report', runId, report: { status: 'loading' } });
    try {
      const text = await (await store.api().readArtifact(runId, 'report.md')).text();
      store.dispatch({ type: 'report', runId, report: { status: 'ready', text } });
    } catch (cause) {
      store.dispatch({ type: 'report', runId, report: { status: 'failed', error: asError(cause) } });
    }
  };

  const loadSource = async (runId: string): Promise<void> => {
    store.dispatch({ type: 'run-source', runId, source: { status: 'loading' } });
    try {
      const source = await store.api().getRunSource(runId);
      store.dispatch({ type: 'run-source', runId, source: { status: 'ready', source } });
    } catch (cause) {
      store.dispatch({ type: 'run-source', runId, source: { status: 'failed', error: asError(cause) } });
    }
  };

  const rerun = async (runId: string, body: Rerun): Promise<void> => {
    const written = `${runId} ${JSON.stringify(body)}`;
    if (last.body !== written) last = { body: written, key: newIdempotencyKey() };
    store.dispatch({ type: 'run-asked', runId, verb: 'rerun' });
    try {
      const run = await store.api().rerun(runId, body, { idempotencyKey: last.key });
      last = { body: '', key: '' };
      store.dispatch({ type: 'run-asked', runId, verb: null });
      store.dispatch({ type: 'run-started', run });
      open(run.id);
    } catch (cause) {
      store.dispatch({ type: 'rerun-failed', runId, error: asError(cause) });
    }
  };

  const loadEnds = async (runId: string): Promise<void> => {
    try {
      const [{ input }, { output }] = await Promise.all([
        store.api().getRunSource(runId),
        store.api().getRunOutput(runId),
      ]);
      store.dispatch({ type: 'run-ends', runId, input, output });
    } catch (cause) {
      reportFailure(store, cause);
    }
  };

  const withRun = (act: (runId: string) => void): void => {
    const run = current();
    if (run) act(run.runId);
  };

  return {
    ask: (verb) =>
      withRun((runId) => {
        store.dispatch({ type: 'run-asked', runId, verb });
        store.dispatch({ type: 'panel', panel: 'none' });
        const api = store.api();
        const send = { cancel: api.cancelRun, pause: api.pauseRun, resume: api.resumeRun }[verb];
        send(runId).catch((cause: unknown) => {
          store.dispatch({ type: 'run-asked', runId, verb: null });
          reportFailure(store, cause);
        });
      }),
    rerun: (body) => withRun((runId) => void rerun(runId, body)),
    loadItems: (request) => withRun((runId) => void loadItems(runId, request)),
    loadResult: (target) => withRun((runId) => void loadResult(runId, target)),
    loadSource: () => withRun((runId) => void loadSource(runId)),
    loadReport: () => withRun((runId) => void loadReport(runId)),
    loadEnds: () => withRun((runId) => void loadEnds(runId)),
    download: (name) =>
      withRun((runId) => {
        store
          .api()
          .readArtifact(runId, name)
          .then((blob) => saveFile(name, blob))
          .catch((cause: unknown) => notify(store, 'error', asError(cause).message));
      }),
  };
};
