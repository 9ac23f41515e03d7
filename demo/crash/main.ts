import { createScriptedModel } from '../../test/support/scripted-model.ts';
import { until } from '../support/clock.ts';
import { createProject } from '../support/project.ts';
import { createStack } from '../support/stack.ts';
import { readOptions, usage } from './options.ts';
import { programOf } from './program.ts';
import { faultsOf, printEnd, printTable } from './report.ts';
import { playScenario } from './scenario.ts';
import type { Verdict } from './verdict.ts';

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
const verdicts: Verdict[] = [];

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());

try {
  progress(`everturn up in ${project.folder}`);
  await stack.up();
  for (const plan of programOf(options)) {
    const name = `kill -9 of ${plan.killed.join(', ')}: ${plan.moment}`;
    if (interrupted.signal.aborted) throw new Error('Interrupted');
    progress(name);
    try {
      verdicts.push(await playScenario({ stack, model }, plan));
    } catch (error) {
      faults.push(`${name}: ${(error as Error).message}`);
      if (!stack.isUp()) await stack.up();
    }
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

const broken = [...faultsOf(verdicts), ...faults];
if (options.json) console.log(JSON.stringify({ verdicts, broken }, null, 2));
else {
  printTable(verdicts);
  printEnd(broken);
}
process.exitCode = broken.length === 0 ? 0 : 1;
