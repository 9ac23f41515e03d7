import { isDeepStrictEqual } from 'node:util';
import type { FindFlow, FindScript } from '../../contracts/definition.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { Run } from '../../contracts/runs.ts';
import { scriptId, scriptLimits } from '../../contracts/script.ts';
import { checkAllowance, untrusted } from '../../contracts/untrusted.ts';
import { checkInput } from '../../sandbox/run-input.ts';
import type { Act } from '../../store/audit.ts';
import { toJson } from '../../store/json.ts';
import type { NewRun, StoredRun } from '../../store/runs.ts';
import type { Store } from '../../store/store.ts';
import { type Delivery, unlessAway } from './delivery.ts';

const notFound = (id: string): EverturnError =>
  new EverturnError(
    'run_not_found',
    `Cannot find run ${id}: no run has this id. List runs with "npx everturn runs" (GET /api/runs)`,
  );

/** Throws `run_not_found`. */
export const findRun = async (store: Store, id: string): Promise<Run> => {
  const run = await store.runs.find(id);
  if (!run) throw notFound(id);
  return run;
};

/** What it was started with. Throws `run_not_found`. */
export const storedRun = async (store: Store, id: string): Promise<StoredRun> => {
  const run = await store.runs.stored(id);
  if (!run) throw notFound(id);
  return run;
};

/** With who begins it. */
type Begun<Row> = Row & { by: Act };

/** The input as Postgres gives it back. */
const kept = (input: unknown): unknown => JSON.parse(toJson(input));

const isSame = (stored: StoredRun, run: NewRun): boolean =>
  stored.name === run.name &&
  stored.workspace === run.workspace &&
  stored.allow.join() === run.allow.join() &&
  stored.rerunOf === (run.rerunOf ?? null) &&
  stored.fromStep === (run.fromStep ?? null) &&
  isDeepStrictEqual(stored.input, kept(run.input ?? null));

type Dependencies = { store: Store; delivery: Delivery; findFlow: FindFlow; findScript: FindScript };

const checkSize = ({ name, input }: NewRun): void => {
  const { length } = JSON.stringify(input) ?? '';
  if (length <= scriptLimits.argsBytes) return;
  throw new EverturnError(
    'input_invalid',
    `Cannot start ${name}: what it is given is ${length} characters of JSON, at most ${scriptLimits.argsBytes} are taken. Put what is large into a file of the workspace and pass its path`,
  );
};

type ScriptOptions = 'budget' | 'concurrency' | 'allowEmpty' | 'timeLimitMs' | 'reuse';

export const createStarts = ({ store, delivery, findFlow, findScript }: Dependencies) => {
  /**
   * The row is committed before any notification, so the run is not lost, whatever dies. The same id again
   * returns the stored run. Throws `idempotency_mismatch` when that is another one.
   */
  const start = async ({ by, ...run }: Begun<NewRun>): Promise<Run> => {
    checkSize(run);
    const wanted = { ...run, allow: [...new Set(run.allow)].sort() };
    await store.act(by, ({ runs }) => runs.create(wanted));
    if (!isSame(await storedRun(store, run.id), wanted)) {
      throw new EverturnError(
        'idempotency_mismatch',
        'Cannot start the run: its Idempotency-Key was used for another one. Start it with a new key',
      );
    }
    store.wakeRun(run.id);
    await (run.kind === 'script' ? delivery.admitRuns() : unlessAway(delivery.run(run)));
    return await findRun(store, run.id);
  };

  return {
    start,
    /** With the flow's file as it is now. Throws `flow_not_found`, `flow_invalid`, `input_invalid`, `project_untrusted`. */
    async startFlow(
      name: string,
      input: unknown,
      run: Begun<Pick<NewRun, 'id' | 'workspace' | 'allow' | 'trigger'>>,
    ): Promise<Run> {
      const { file, definition, trusted } = await findFlow(name);
      if (!trusted && run.trigger !== 'manual') throw untrusted(`start the flow ${name} by its ${run.trigger}`);
      checkAllowance(`the flow ${name}`, trusted, run.allow);
      const { origin, source } = file;
      const checked = checkInput(file.definition, input);
      return await start({
        ...run,
        kind: 'flow',
        name: file.definition.name,
        origin,
        file: file.file,
        source,
        definition,
        input: checked,
      });
    },
    /** By its name or path. Throws `script_not_found`, `script_invalid`, `input_invalid`, `project_untrusted`. */
    async startScript(
      nameOrPath: string,
      args: unknown,
      run: Begun<Pick<NewRun, 'id' | 'workspace' | 'allow' | 'trigger' | ScriptOptions>>,
    ): Promise<Run> {
      const { file, definition, trusted } = await findScript(nameOrPath);
      checkAllowance(`the script ${nameOrPath}`, trusted, run.allow);
      const { origin, source } = file;
      const name = scriptId(definition.script.meta.name);
      return await start({ ...run, kind: 'script', name, origin, file: file.file, source, definition, input: args });
    },
  };
};

export type Starts = ReturnType<typeof createStarts>;
