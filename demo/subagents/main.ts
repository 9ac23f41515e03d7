import { createScriptedModel } from '../../test/support/scripted-model.ts';
import { printEnd } from '../crash/report.ts';
import { openWorkflows } from '../flow-crash/open-workflows.ts';
import { now, until } from '../support/clock.ts';
import { createProject } from '../support/project.ts';
import { createRandom } from '../support/random.ts';
import { createStack } from '../support/stack.ts';
import { openEnder } from './ender.ts';
import { judgeFamily } from './judge.ts';
import { createKiller } from './killer.ts';
import { readOptions, usage } from './options.ts';
import { planRound } from './plan.ts';
import { type Played, type PlayedFamily, playRound } from './play.ts';
import { agentsKilled, printRounds, type RoundReport } from './report.ts';

/** Few, so that many agents work in each; more children than may run at once, so that some wait for a place. */
const workers = 2;
const limits = { subagentsPerSession: 4, subagents: 44 };

const options = readOptions(process.argv.slice(2));
if (!options) {
  console.error(usage);
  process.exit(2);
}
// Standard output is the report's alone.
const progress = (line: string): void => console.error(line);

const model = await createScriptedModel();
const bare = await createProject(model.url, limits);
const project = { ...bare, env: { ...bare.env, EVERTURN_WORKERS: String(workers) } };
const stack = createStack(project);
const faults: string[] = [];
const rounds: RoundReport[] = [];
const families: PlayedFamily[] = [];
const random = createRandom(options.seed);
const killer = createKiller({ stack, model, random: createRandom(options.seed + 1) });
const startedAt = now();

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());

const playNext = async (ender: Awaited<ReturnType<typeof openEnder>>): Promise<void> => {
  const round = rounds.length + 1;
  const plan = planRound(random, `${options.seed}.${round}`);
  const over = new AbortController();
  const killing = killer.run(over.signal);
  let played: Played;
  try {
    played = await playRound({ stack, model, ender }, plan);
  } finally {
    over.abort();
    await killing;
  }
  await stack.whole();
  const verdicts = await Promise.all(played.families.map((family) => judgeFamily(stack.api, family)));
  families.push(...played.families);
  const ends: Record<string, number> = {};
  for (const verdict of verdicts)
    for (const [status, count] of Object.entries(verdict.ends)) ends[status] = (ends[status] ?? 0) + count;
  const broken = verdicts.flatMap((verdict) => verdict.faults);
  faults.push(...broken);
  const children = plan.parents.reduce((sum, parent) => sum + parent.children.length, 0);
  rounds.push({ round, children, ends, terminated: played.terminated, tookMs: played.tookMs, faults: broken.length });
  progress(
    `round ${round}: ${children} children in ${(played.tookMs / 1000).toFixed(1)} s, ${killer.kills.length} processes and ${agentsKilled(rounds, killer.kills)} of ${options.kills} agents killed, ${broken.length} faults`,
  );
};

/** The sessions of parents stay open, as those of people do. */
const leftOpen = async (): Promise<string[]> => {
  const own = new Set(families.map(({ session }) => `session/${session}`));
  return (await openWorkflows(project)).filter((workflowId) => !own.has(workflowId));
};

try {
  progress(`everturn up in ${project.folder}, ${workers} workers, seed ${options.seed}`);
  await stack.up();
  const ender = await openEnder(project, stack.api);
  while (agentsKilled(rounds, killer.kills) < options.kills && faults.length === 0) {
    if (interrupted.signal.aborted) throw new Error('Interrupted');
    await playNext(ender);
  }
  await ender.close();
  const open = await leftOpen();
  if (open.length > 0) faults.push(`workflows left open: ${open.slice(0, 10).join(', ')}`);
  const { subagents } = await stack.api.listSubagents({ status: 'running' });
  if (subagents.length > 0) faults.push(`background agents left running: ${subagents.map(({ id }) => id).join(', ')}`);
  faults.push(...model.failures);
} catch (error) {
  faults.push((error as Error).message);
} finally {
  progress('everturn down');
  await stack.down().catch((error: Error) => faults.push(error.message));
  await until('the end of all processes', () => stack.left().length === 0, 10_000).catch(() => undefined);
  for (const left of stack.left()) faults.push(`still running after "everturn down": ${left}`);
  await model.close();
  if (!options.keep) await project.remove();
}

const tookMs = now() - startedAt;
if (options.json) {
  const agents = agentsKilled(rounds, killer.kills);
  console.log(
    JSON.stringify(
      { seed: options.seed, agentsKilled: agents, tookMs, rounds, kills: killer.kills, broken: faults },
      null,
      2,
    ),
  );
} else {
  printRounds(rounds, killer.kills, tookMs);
  printEnd(faults);
}
process.exitCode = faults.length === 0 ? 0 : 1;
