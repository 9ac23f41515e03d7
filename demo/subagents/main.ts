import { createScriptedModel } from '../../test/support/scripted-model.ts';
import { openDemo } from '../support/demo.ts';
import { openWorkflows } from '../support/open-workflows.ts';
import { anySeed, readOptions } from '../support/options.ts';
import { createRandom } from '../support/random.ts';
import { finish } from '../support/report.ts';
import { openEnder } from './ender.ts';
import { judgeFamily } from './judge.ts';
import { createKiller } from './killer.ts';
import { planRound } from './plan.ts';
import { type Played, type PlayedFamily, playRound } from './play.ts';
import { agentsKilled, printRounds, type RoundReport } from './report.ts';

/** Few, so that many agents work in each; more children than may run at once, so that some wait for a slot. */
const workers = 2;
const limits = { subagentsPerSession: 4, subagents: 44 };

/** Kills: agents in all, over as many rounds as that takes. */
const options = readOptions('demo:subagents', { kills: 100, seed: anySeed() });
const env = { EVERTURN_WORKERS: String(workers) };
const demo = await openDemo({ openModel: createScriptedModel, limits, env, keep: options.keep });
const { stack, model, project, faults, progress } = demo;
const rounds: RoundReport[] = [];
const families: PlayedFamily[] = [];
const random = createRandom(options.seed);
const killer = createKiller({ stack, model, random: createRandom(options.seed + 1) });
const killed = (): number => agentsKilled(rounds, killer.kills);

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
    `round ${round}: ${children} children in ${(played.tookMs / 1000).toFixed(1)} s, ${killer.kills.length} processes and ${killed()} of ${options.kills} agents killed, ${broken.length} faults`,
  );
};

/** The sessions of parents stay open, as those of users do. */
const leftOpen = async (): Promise<string[]> => {
  const own = new Set(families.map(({ session }) => `session/${session}`));
  return (await openWorkflows(project)).filter((workflowId) => !own.has(workflowId));
};

const play = async (): Promise<void> => {
  progress(`${workers} workers, seed ${options.seed}`);
  const ender = await openEnder(project, stack.api);
  while (killed() < options.kills && faults.length === 0) {
    demo.throwIfInterrupted();
    await playNext(ender);
  }
  await ender.close();
  const open = await leftOpen();
  if (open.length > 0) faults.push(`workflows left open: ${open.slice(0, 10).join(', ')}`);
  const { subagents } = await stack.api.listSubagents({ status: 'running' });
  if (subagents.length > 0) faults.push(`background agents left running: ${subagents.map(({ id }) => id).join(', ')}`);
  faults.push(...model.failures);
};

const tookMs = await demo.run({ play });
const report = { seed: options.seed, agentsKilled: killed(), tookMs, rounds, kills: killer.kills };
finish(options, report, faults, () => printRounds(rounds, killer.kills, tookMs));
