import { createScriptedModel } from '../../test/support/scripted-model.ts';
import { printEnd } from '../crash/report.ts';
import { until } from '../support/clock.ts';
import { createProject } from '../support/project.ts';
import { createRandom } from '../support/random.ts';
import { createStack } from '../support/stack.ts';
import { writeFlow } from './flow.ts';
import { judge } from './judge.ts';
import { momentsOf } from './moments.ts';
import { readOptions, usage } from './options.ts';
import { playFlow } from './play.ts';
import { faultsOf, printTables, type Round } from './report.ts';

const options = readOptions(process.argv.slice(2));
if (!options) {
  console.error(usage);
  process.exit(2);
}
// Standard output is the report's alone.
const progress = (line: string): void => console.error(line);

const model = await createScriptedModel();
const project = await createProject(model.url);
const stack = createStack(project);
const faults: string[] = [];
const rounds: Round[] = [];

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());

const play = async (seed: number | null, count: number): Promise<Round> => {
  if (interrupted.signal.aborted) throw new Error('Interrupted');
  progress(seed === null ? 'the flow, undisturbed' : `the flow, killed ${count} times, seed ${seed}`);
  const moments = seed === null ? [] : momentsOf(createRandom(seed), count);
  const played = await playFlow({ stack, model }, moments);
  return { seed, ...(await judge(stack, played, rounds[0]?.outcome ?? null)) };
};

try {
  await writeFlow(project);
  progress(`everturn up in ${project.folder}`);
  await stack.up();
  rounds.push(await play(null, 0));
  for (let round = 0; round < options.rounds; round += 1) {
    rounds.push(await play(options.seed + round, options.kills));
  }
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

const broken = [...faultsOf(rounds), ...faults];
if (options.json) console.log(JSON.stringify({ rounds, broken }, null, 2));
else {
  printTables(rounds);
  printEnd(broken);
}
process.exitCode = broken.length === 0 ? 0 : 1;
