import { createScriptedModel } from '../../test/support/scripted-model.ts';
import { printEnd } from '../crash/report.ts';
import { until } from '../support/clock.ts';
import { createProject } from '../support/project.ts';
import { createRandom } from '../support/random.ts';
import { createStack } from '../support/stack.ts';
import { readOptions, usage } from './options.ts';
import { type Claim, playRound } from './round.ts';

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
const random = createRandom(options.seed);
const faults: string[] = [];
const rounds: Claim[][] = [];

try {
  progress(`everturn up in ${project.folder}, seed ${options.seed}`);
  await stack.up();
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

if (options.json) console.log(JSON.stringify({ seed: options.seed, rounds, broken: faults }, null, 2));
else printEnd(faults);
process.exitCode = faults.length === 0 ? 0 : 1;
