import type { RunActivities } from '../../contracts/activities.ts';
import { EverturnError, errorTable, isOfStorage } from '../../contracts/errors.ts';
import { ArtifactName } from '../../contracts/flow.ts';
import { schemaFaults } from '../../sandbox/json-schema.ts';
import type { StepResult } from '../../store/nodes.ts';
import type { StoredFlowRun } from '../../store/runs.ts';
import type { KnownRun } from './known-run.ts';
import type { RunDependencies } from './run-dependencies.ts';

type End = Parameters<RunActivities['settleRun']>[0];
type Products = { output: unknown; files: { name: string; mediaType: string; text: string }[] };

const mediaTypes: Record<string, string> = {
  md: 'text/markdown; charset=utf-8',
  json: 'application/json',
  csv: 'text/csv; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  html: 'text/plain; charset=utf-8',
};
const mediaType = (name: string): string => mediaTypes[name.split('.').at(-1) ?? ''] ?? 'text/plain; charset=utf-8';

/** A report may quote a lot. */
const maxBytes = 8_000_000;

/** The run's output, its report and its other files, from the results of its steps. */
const produce = async ({ sandbox }: RunDependencies, run: StoredFlowRun, known: KnownRun): Promise<Products> => {
  const { flow } = run.definition;
  const results = Object.fromEntries(
    [...(await known.results(flow.steps.map(({ id }) => id)))].map(
      ([step, { status, output, error }]): [string, StepResult] => [step, { status, output, error }],
    ),
  );
  const scope = { input: run.input, results };
  const fill = (source: string, label: string): Promise<unknown> =>
    sandbox.evaluate({ kind: 'template', source, label, scope, outputBytes: maxBytes });
  const output =
    flow.output === undefined
      ? null
      : await sandbox.evaluate({
          kind: 'expression',
          source: flow.output,
          label: 'output',
          scope,
          outputBytes: maxBytes,
        });
  const faults = flow.outputSchema ? schemaFaults(flow.outputSchema, output, 'output') : [];
  if (faults.length > 0) {
    throw new EverturnError(
      'result_invalid',
      `Cannot take the output of the run: it does not fit outputSchema (${faults.slice(0, 5).join('; ')})`,
    );
  }
  const files: Products['files'] = [];
  if (flow.report !== undefined) {
    files.push({
      name: 'report.md',
      mediaType: mediaType('report.md'),
      text: String(await fill(flow.report, 'report')),
    });
  }
  for (const [declared, source] of Object.entries(flow.artifacts)) {
    const name = nameOf(declared, await fill(declared, `the name of artifacts.${declared}`));
    if (files.some((file) => file.name === name)) {
      throw new EverturnError(
        'result_invalid',
        `Cannot keep artifacts.${declared}: the run has a file ${name} already`,
      );
    }
    files.push({ name, mediaType: mediaType(name), text: String(await fill(source, `artifacts.${declared}`)) });
  }
  return { output, files };
};

const nameOf = (declared: string, filled: unknown): string => {
  const { data, error } = ArtifactName.safeParse(filled);
  if (data !== undefined) return data;
  throw new EverturnError(
    'result_invalid',
    `Cannot keep artifacts.${declared}: its name is ${JSON.stringify(filled)}, expected ${error?.issues[0]?.message}`,
  );
};

/** Of a batch group in which nothing failed: too few of its members ran. */
const unmet = async ({ store }: RunDependencies, run: StoredFlowRun, name: string): Promise<string> => {
  const { flow } = run.definition;
  const members = flow.steps.filter((step) => 'batch' in step && step.batch === name).map(({ id }) => id);
  const ends = await store.nodes.reasons(run.id, members);
  const completed = ends.filter(({ status }) => status === 'completed').length;
  const others = ends.filter(({ status }) => status !== 'completed').map(({ step, status }) => `${step} ${status}`);
  const join = flow.batches[name]?.join;
  const wanted = join === 'any' ? 1 : join;
  return `${completed} of ${members.length} members completed, and the join needs ${wanted} (${others.join(', ')})`;
};

const reasonOf = async (
  dependencies: RunDependencies,
  run: StoredFlowRun,
  { runId, code, steps }: End,
): Promise<string | null> => {
  if (code === null) return null;
  if (code === 'run_stuck') return `Cannot continue: no step is running, and no rule decides ${steps.join(', ')}`;
  if (steps.length === 0) return errorTable[code].meaning;
  const reasons = await dependencies.store.nodes.reasons(runId, steps);
  const groups = steps.filter((name) => name in run.definition.flow.batches);
  const lines = [
    ...reasons.map(({ step, status, reason }) => `${step}: ${reason ?? status}`),
    ...(await Promise.all(groups.map(async (name) => `${name}: ${await unmet(dependencies, run, name)}`))),
  ];
  return lines.join('\n');
};

/** Ends the run. What its own report or output does wrong fails it, and says so. */
export const createSettleRun =
  (dependencies: RunDependencies): RunActivities['settleRun'] =>
  async (end) => {
    const { store, runs } = dependencies;
    const { runId } = end;
    const run = await store.runs.stored(runId);
    if (run?.status !== 'running' || run.kind !== 'flow') return;
    const settle = async (status: End['status'], code: string | null, reason: string | null, output: unknown) => {
      await store.runs.settle(runId, { status, code, reason, output });
      store.wakeRun(runId);
    };
    if (end.status !== 'completed')
      return await settle(end.status, end.code, await reasonOf(dependencies, run, end), undefined);
    try {
      const { output, files } = await produce(dependencies, run, await runs.get(runId));
      for (const { name, mediaType: type, text } of files) {
        await store.artifacts.put(runId, name, type, Buffer.from(text));
      }
      await settle('completed', null, null, output);
    } catch (error) {
      if (!(error instanceof EverturnError) || isOfStorage(error)) throw error;
      await settle('failed', error.code, error.message, undefined);
    }
  };
