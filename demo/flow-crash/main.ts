import { createScriptedModel } from '../../test/support/scripted-model.ts';
import { openDemo } from '../support/demo.ts';
import { anySeed, readOptions } from '../support/options.ts';
import { createRandom } from '../support/random.ts';
import { finish } from '../support/report.ts';
import { writeFlow } from './flow.ts';
import { judge } from './judge.ts';
import { momentsOf } from './moments.ts';
import { playFlow } from './play.ts';
import { faultsOf, printTables, type Round } from './report.ts';

const options = readOptions('demo:flow-crash', { kills: 20, seed: anySeed(), rounds: 1 });
const demo = await openDemo({ openModel: createScriptedModel, keep: options.keep });
const { stack, model, project, faults, progress } = demo;
const rounds: Round[] = [];

const playOnce = async (seed: number | null): Promise<void> => {
  demo.throwIfInterrupted();
  progress(seed === null ? 'the flow, undisturbed' : `the flow, killed ${options.kills} times, seed ${seed}`);
  const moments = seed === null ? [] : momentsOf(createRandom(seed), options.kills);
  const played = await playFlow({ stack, model }, moments);
  rounds.push({ seed, ...(await judge(stack, played, rounds[0]?.outcome ?? null)) });
};

const play = async (): Promise<void> => {
  await playOnce(null);
  for (let round = 0; round < options.rounds; round += 1) await playOnce(options.seed + round);
};

await demo.run({ prepare: () => writeFlow(project), play });
finish(options, { rounds }, [...faultsOf(rounds), ...faults], () => printTables(rounds));
