import { printEnd } from '../crash/report.ts';
import { openWorkflows } from '../flow-crash/open-workflows.ts';
import { now, until } from '../support/clock.ts';
import { createProject } from '../support/project.ts';
import { createRandom } from '../support/random.ts';
import { createStack } from '../support/stack.ts';
import { nondeterminismInLogs, readHistories } from './determinism.ts';
import { judge, type Verdict } from './judge.ts';
import { createKiller } from './killer.ts';
import { startModel } from './model.ts';
import { readOptions, usage } from './options.ts';
import { type Played, playScript } from './play.ts';
import { byVictim, recoveriesOf } from './recovery.ts';
import { printReport, type Report } from './report.ts';
import { writeScripts } from './script.ts';

const workers = 2;

const options = readOptions(process.argv.slice(2));
if (!options) {
  console.error(usage);
  process.exit(2);
}
const startedAt = now();
// Standard output is the report's alone.
const progress = (line: string): void =>
  console.error(`${((now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${line}`);

const model = await startModel();
const bare = await createProject(model.url);
const project = { ...bare, env: { ...bare.env, EVERTURN_WORKERS: String(workers) } };
const stack = createStack(project);
const report: Report = {
  seed: options.seed,
  tookMs: 0,
  runs: [],
  recoveries: [],
  events: 0,
  failedTasks: [],
  nondeterminism: [],
  openWorkflows: [],
  broken: [],
};
const { broken } = report;

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

const playUndisturbed = async (): Promise<Verdict> => {
  progress('the script, undisturbed');
  return await judge(stack, model, await playScript(stack, stopping.signal), null);
};

/** So many scripts at a time, another when one ends, until all kills are done. */
const playKilled = async (): Promise<Played[]> => {
  const played: Played[] = [];
  let live = 0;
  const killer = createKiller({
    stack,
    random: createRandom(options.seed),
    count: options.kills,
    replies: () => model.asked.reduce((count, { isWhole }) => count + (isWhole ? 1 : 0), 0),
    isLive: () => live > 0,
    progress,
  });
  const slot = async (): Promise<void> => {
    do {
      live += 1;
      const run = await playScript(stack, stopping.signal).finally(() => {
        live -= 1;
      });
      played.push(run);
      progress(`run ${played.length} ended after ${(run.tookMs / 1000).toFixed(1)} s`);
    } while (!killer.isDone() && !stopping.signal.aborted);
  };
  const slots = Promise.all(Array.from({ length: options.scripts }, slot)).finally(() => stopping.abort());
  await Promise.all([killer.run(stopping.signal), slots]);
  if (killer.kills.length < options.kills) throw new Error(`Interrupted after ${killer.kills.length} kills`);
  await stack.whole();
  progress('all have ended; what have they come to?');
  const [undisturbed] = report.runs;
  for (const run of played) report.runs.push(await judge(stack, model, run, undisturbed ?? null));
  report.recoveries = byVictim(recoveriesOf(killer.kills, report.runs));
  return played;
};

try {
  await writeScripts(project);
  progress(`everturn up in ${project.folder}, seed ${options.seed}`);
  await stack.up();
  report.runs.push(await playUndisturbed());
  progress(`the script, ${options.scripts} at a time, until ${options.kills} processes have been killed`);
  const played = await playKilled();
  report.openWorkflows = await openWorkflows(project);
  Object.assign(
    report,
    await readHistories(
      project,
      played.map(({ runId }) => runId),
    ),
  );
} catch (error) {
  broken.push((error as Error).message);
} finally {
  progress('everturn down');
  await stack.down().catch((error: Error) => broken.push(error.message));
  report.nondeterminism = nondeterminismInLogs(project);
  await until('the end of all processes', () => stack.left().length === 0, 10_000).catch(() => undefined);
  broken.push(...stack.left().map((left) => `still running after "everturn down": ${left}`));
  await model.close();
  if (!options.keep) await project.remove();
}

report.tookMs = now() - startedAt;
broken.push(
  ...model.failures,
  ...report.runs.flatMap(({ runId, faults }) => faults.map((fault) => `run ${runId}: ${fault}`)),
  ...report.nondeterminism.map((line) => `non-determinism: ${line}`),
  ...report.failedTasks,
  ...(report.openWorkflows.length > 0 ? [`workflows left open: ${report.openWorkflows.slice(0, 10).join(', ')}`] : []),
);
if (options.json) console.log(JSON.stringify(report, null, 2));
else {
  printReport(report);
  printEnd(broken);
}
process.exitCode = broken.length === 0 ? 0 : 1;
