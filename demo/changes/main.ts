import { createScriptedModel } from '../../test/support/scripted-model.ts';
import { openDemo } from '../support/demo.ts';
import { anySeed, readOptions } from '../support/options.ts';
import { createRandom } from '../support/random.ts';
import { finish } from '../support/report.ts';
import { type Claim, playRound } from './round.ts';

/** Each round kills everything five times. */
const options = readOptions('demo:changes', { rounds: 1, seed: anySeed() });
const demo = await openDemo({ openModel: createScriptedModel, keep: options.keep });
const { stack, model, faults, progress } = demo;
const random = createRandom(options.seed);
const rounds: Claim[][] = [];

const play = async (): Promise<void> => {
  progress(`seed ${options.seed}`);
  for (let number = 1; number <= options.rounds && faults.length === 0; number++) {
    progress(`round ${number}: an agent stages five changes, everything is killed -9 five times`);
    const claims = await playRound({ stack, model, number, random });
    rounds.push(claims);
    if (!options.json) for (const { claim, holds } of claims) console.log(`${holds ? 'held  ' : 'BROKEN'}  ${claim}`);
    faults.push(
      ...claims.flatMap(({ claim, holds, seen }) => (holds ? [] : [`round ${number}: ${claim}; seen: ${seen}`])),
    );
  }
  faults.push(...model.failures);
};

await demo.run({ play });
finish(options, { seed: options.seed, rounds }, faults);
