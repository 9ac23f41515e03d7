import { parseArgs } from 'node:util';
import { runFlowsBench } from './flows/run.ts';
import { printReport } from './report.ts';
import { runScriptsBench } from './scripts/run.ts';
import { runTurnBench } from './turn/run.ts';

const benches = { turn: runTurnBench, flows: runFlowsBench, scripts: runScriptsBench };
const usage = `Usage: npm run bench -- <name> [--json] [--rounds <n>] [--only <part,part>]
Names: ${Object.keys(benches).join(', ')}`;

const isName = (name: string | undefined): name is keyof typeof benches => name !== undefined && name in benches;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
  },
});
const [name] = positionals;
const rounds = Number(values.rounds);
if (!isName(name) || positionals.length > 1 || !Number.isInteger(rounds) || rounds < 1) {
  console.error(usage);
  process.exit(2);
}
const progress = (line: string): void => {
  // Standard output is the report's alone, so that --json can be piped.
  console.error(line);
};
const report = await benches[name]({ rounds, only: values.only?.split(',') ?? null, progress });
if (values.json) console.log(JSON.stringify(report, null, 2));
else printReport(report);
process.exitCode = report.failures.length > 0 ? 1 : 0;
