import { parseArgs } from 'node:util';
import { runCapacityBench } from './capacity/run.ts';
import { runConsoleBench } from './console/run.ts';
import { runFlowsBench } from './flows/run.ts';
import { printReport } from './report.ts';
import { runScriptsBench } from './scripts/run.ts';
import { runSessionsBench } from './sessions/run.ts';
import { runToolsBench } from './tools/run.ts';
import { runTurnBench } from './turn/run.ts';

const benches = {
  turn: runTurnBench,
  flows: runFlowsBench,
  scripts: runScriptsBench,
  capacity: runCapacityBench,
  sessions: runSessionsBench,
  tools: runToolsBench,
  console: runConsoleBench,
};
/** One round of capacity takes as long as three of another. */
const usualRounds = { turn: 3, flows: 3, scripts: 3, capacity: 1, sessions: 1, tools: 3, console: 3 };
const usage = `Usage: npm run bench -- <name> [--json] [--rounds <n>] [--only <part,part>] [--sessions <n,n>] [--chunks <n>] [--seconds <n>]
--sessions: of capacity so many live at once; of sessions so many in the database (10000).
--chunks: of sessions, how many chunks each of them has (1000).
--seconds: of console, how long tokens stream (60; the target is for 600).
Names: ${Object.keys(benches).join(', ')}`;

const isName = (name: string | undefined): name is keyof typeof benches => name !== undefined && name in benches;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string' },
    sessions: { type: 'string' },
    chunks: { type: 'string' },
    seconds: { type: 'string' },
  },
});
const [name] = positionals;
const rounds = Number(values.rounds ?? (isName(name) ? usualRounds[name] : 1));
const sessions = values.sessions?.split(',').map(Number) ?? null;
const chunks = values.chunks === undefined ? null : Number(values.chunks);
const seconds = values.seconds === undefined ? null : Number(values.seconds);
const isCount = (value: number): boolean => Number.isInteger(value) && value > 0;
if (
  !isName(name) ||
  positionals.length > 1 ||
  ![rounds, ...(sessions ?? []), chunks ?? 1, seconds ?? 1].every(isCount)
) {
  console.error(usage);
  process.exit(2);
}
const progress = (line: string): void => {
  // Standard output is the report's alone, so that --json can be piped.
  console.error(line);
};
const report = await benches[name]({
  rounds,
  only: values.only?.split(',') ?? null,
  sessions,
  chunks,
  seconds,
  progress,
});
if (values.json) console.log(JSON.stringify(report, null, 2));
else printReport(report);
process.exitCode = report.failures.length > 0 ? 1 : 0;
