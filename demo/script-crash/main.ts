import { openDemo } from '../support/demo.ts';
import { openWorkflows } from '../support/open-workflows.ts';
import { anySeed, readOptions } from '../support/options.ts';
import { createRandom } from '../support/random.ts';
import { finish } from '../support/report.ts';
import { nondeterminismInLogs, readHistories } from './determinism.ts';
import { judge, type Verdict } from './judge.ts';
import { createKiller } from './killer.ts';
import { startModel } from './model.ts';
import { type Played, playScript } from './play.ts';
import { byVictim, recoveriesOf } from './recovery.ts';
import { brokenOf, printReport, type Report } from './report.ts';
import { writeScripts } from './script.ts';

/** Scripts: so many run at the same time; another begins when one ends, until all kills are done. */
const options = readOptions('demo:script-crash', { kills: 50, seed: anySeed(), scripts: 3 });
const demo = await openDemo({ openModel: startModel, env: { EVERTURN_WORKERS: '2' }, keep: options.keep });
const { stack, model, project, faults, progress } = demo;
const report: Report = {
  seed: options.seed,
  tookMs: 0,
  runs: [],
  recoveries: [],
  events: 0,
  failedTasks: [],
  nondeterminism: [],
  openWorkflows: [],
};

const ended = new AbortController();
const stopping = AbortSignal.any([demo.interrupted, ended.signal]);

const playUndisturbed = async (): Promise<Verdict> => {
  progress('the script, undisturbed');
  return await judge(stack, model, await playScript(stack, stopping), null);
};

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
      const run = await playScript(stack, stopping).finally(() => {
        live -= 1;
      });
      played.push(run);
      progress(`run ${played.length} ended after ${(run.tookMs / 1000).toFixed(1)} s`);
    } while (!killer.isDone() && !stopping.aborted);
  };
  const slots = Promise.all(Array.from({ length: options.scripts }, slot)).finally(() => ended.abort());
  await Promise.all([killer.run(stopping), slots]);
  if (killer.kills.length < options.kills) throw new Error(`Interrupted after ${killer.kills.length} kills`);
  await stack.whole();
  progress('all runs have ended; judging them');
  const [undisturbed] = report.runs;
  for (const run of played) report.runs.push(await judge(stack, model, run, undisturbed ?? null));
  report.recoveries = byVictim(recoveriesOf(killer.kills, report.runs));
  return played;
};

const play = async (): Promise<void> => {
  progress(`seed ${options.seed}`);
  report.runs.push(await playUndisturbed());
  progress(`the script, ${options.scripts} at a time, until ${options.kills} processes have been killed`);
  const runIds = (await playKilled()).map(({ runId }) => runId);
  report.openWorkflows = await openWorkflows(project);
  Object.assign(report, await readHistories(project, runIds));
};

const afterwards = (): void => {
  report.nondeterminism = nondeterminismInLogs(project);
  faults.push(...model.failures);
};

report.tookMs = await demo.run({ prepare: () => writeScripts(project), play, afterwards });
finish(options, report, [...faults, ...brokenOf(report)], () => printReport(report));
