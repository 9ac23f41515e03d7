import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { now } from '../support/clock.ts';
import { openMatrix, type Verdict } from './matrix.ts';
import { readOptions, usage } from './options.ts';
import { Plan, planOf } from './plan.ts';
import { fileOf, lineOf, printTotals, totalsOf } from './report.ts';

const options = readOptions(process.argv.slice(2));
if (!options) {
  console.error(usage);
  process.exit(2);
}
// Standard output is the report's alone.
const progress = (line: string): void => console.error(line);

const readPlan = (file: string): Plan => Plan.parse((JSON.parse(readFileSync(file, 'utf8')) as { plan: unknown }).plan);
const plans =
  options.plans.length > 0
    ? options.plans.map(readPlan)
    : Array.from({ length: options.seeds }, (_, index) => planOf(options.seed + index));

let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    isInterrupted = true;
    progress('ends after this seed');
  });
}

const startedAt = now();
const verdicts: Verdict[] = [];
const matrix = await openMatrix();
progress(
  `a stack in ${matrix.folder}${matrix.hasOwnDisk ? '' : '; no disk can be made full here: it takes root on Linux'}`,
);
try {
  for (const plan of plans) {
    if (isInterrupted) break;
    const verdict = await matrix.play(plan);
    verdicts.push(verdict);
    if (options.json) progress(lineOf(verdict));
    else console.log(lineOf(verdict));
    if (verdict.breaches.length === 0) continue;
    mkdirSync(options.out, { recursive: true });
    const file = path.join(options.out, `seed-${plan.seed}.json`);
    writeFileSync(file, fileOf(verdict));
    progress(`its plan: ${file}`);
  }
} finally {
  await matrix.close(options.keep);
}
if (options.json) console.log(JSON.stringify({ ...totalsOf(verdicts), verdicts }, null, 2));
else printTotals(verdicts, now() - startedAt);
process.exitCode = verdicts.length === plans.length && totalsOf(verdicts).failing.length === 0 ? 0 : 1;
