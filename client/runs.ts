import { RunDetail, RunOutput, RunSource } from '../contracts/run-detail.ts';
import {
  ItemPage,
  NodeResult,
  type NodeStatus,
  type Rerun,
  Run,
  RunPage,
  type RunStatus,
  type StartRun,
} from '../contracts/runs.ts';
import { type Bytes, type Once, once, type Signal, streamHeaders, streamOf } from './options.ts';
import type { Transport } from './transport.ts';

export type RunsApi = {
  /** Starts a flow or a script. Resolves once the run is stored: it will be done, whatever crashes. See `followRun`. */
  startRun(body: StartRun, options?: Once): Promise<Run>;
  listRuns(
    query?: { cursor?: string; status?: RunStatus | undefined; flow?: string | undefined; limit?: number },
    options?: Signal,
  ): Promise<RunPage>;
  getRun(id: string, options?: Signal): Promise<RunDetail>;
  getRunSource(id: string, options?: Signal): Promise<RunSource>;
  getRunOutput(id: string, options?: Signal): Promise<RunOutput>;
  /** A step with its result, or one item of it. */
  getNode(id: string, step: string, index?: number | null, options?: Signal): Promise<NodeResult>;
  listItems(
    id: string,
    step: string,
    query?: { from?: number; limit?: number; status?: NodeStatus | undefined },
    options?: Signal,
  ): Promise<ItemPage>;
  readArtifact(id: string, name: string, options?: Signal): Promise<Blob>;
  /** Throws `run_ended`, as do `pauseRun` and `resumeRun`. */
  cancelRun(id: string, options?: Once): Promise<Run>;
  pauseRun(id: string, options?: Once): Promise<Run>;
  resumeRun(id: string, options?: Once): Promise<Run>;
  rerun(id: string, body?: Rerun, options?: Once): Promise<Run>;
  deleteRun(id: string, options?: Signal): Promise<void>;
  /** The bytes of a run's event stream. Without `after` it begins with a snapshot. See `tailRun`. */
  openRunEvents(id: string, options?: Signal & { after?: number | undefined }): Promise<Bytes>;
};

export const runsApi = ({ send, read }: Transport): RunsApi => {
  const encode = encodeURIComponent;
  const run = (id: string): string => `/runs/${encode(id)}`;
  const stepOf = (id: string, step: string): string => `${run(id)}/steps/${encode(step)}`;
  const change =
    (verb: string) =>
    (id: string, { signal, idempotencyKey }: Once = {}): Promise<Run> =>
      read(Run, {
        action: `${verb} run ${id}`,
        method: 'POST',
        path: `${run(id)}/${verb}`,
        body: {},
        headers: once(idempotencyKey),
        signal,
      });

  return {
    startRun: (body, { signal, idempotencyKey } = {}) =>
      read(Run, {
        action: `start ${'flow' in body ? body.flow : body.script}`,
        method: 'POST',
        path: '/runs',
        body,
        headers: once(idempotencyKey),
        signal,
      }),
    listRuns: (query, { signal } = {}) => read(RunPage, { action: 'list runs', path: '/runs', query, signal }),
    getRun: (id, { signal } = {}) => read(RunDetail, { action: `read run ${id}`, path: run(id), signal }),
    getRunSource: (id, { signal } = {}) =>
      read(RunSource, { action: `read the definition of run ${id}`, path: `${run(id)}/definition`, signal }),
    getRunOutput: (id, { signal } = {}) =>
      read(RunOutput, { action: `read the output of run ${id}`, path: `${run(id)}/output`, signal }),
    getNode: (id, step, index = null, { signal } = {}) =>
      read(NodeResult, {
        action: `read the result of ${step} of run ${id}`,
        path: `${stepOf(id, step)}${index === null ? '' : `/items/${index}`}`,
        signal,
      }),
    listItems: (id, step, query, { signal } = {}) =>
      read(ItemPage, { action: `list the items of ${step}`, path: `${stepOf(id, step)}/items`, query, signal }),
    readArtifact: async (id, name, { signal } = {}) => {
      const path = `${run(id)}/artifacts/${encode(name)}`;
      return await (await send({ action: `read ${name}`, path, headers: { accept: '*/*' }, signal })).blob();
    },
    cancelRun: change('cancel'),
    pauseRun: change('pause'),
    resumeRun: change('resume'),
    rerun: (id, body = {}, { signal, idempotencyKey } = {}) =>
      read(Run, {
        action: `re-run ${id}`,
        method: 'POST',
        path: `${run(id)}/rerun`,
        body,
        headers: once(idempotencyKey),
        signal,
      }),
    deleteRun: async (id, { signal } = {}) => {
      await send({ action: `delete run ${id}`, method: 'DELETE', path: run(id), signal });
    },
    openRunEvents: async (id, { signal, after } = {}) => {
      const action = `follow run ${id}`;
      return streamOf(await send({ action, path: `${run(id)}/events`, headers: streamHeaders(after), signal }), action);
    },
  };
};
