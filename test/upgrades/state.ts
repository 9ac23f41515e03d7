import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

/** One folder for each commit: `postgres.sql.br`, `temporal.db.br` and `state.json`. */
export const statesFolder = fileURLToPath(new URL('states/', import.meta.url));

/** Sessions keep their workspace as a path, so recording and restoring use the same one. Nothing is written there. */
export const workspace = '/tmp/everturn-upgrade-workspace';

/** That of `everturn up`. */
export const taskQueue = 'agents';

/** What was going on when every process was killed. Null: the commit could not do it. */
export type State = {
  commit: string;
  subject: string;
  /** A conversation of two turns. */
  idle: string;
  /** A session whose command waits for a person. */
  approval: string;
  /** A session killed in the middle of a reply, with a message that waits for its end. */
  cut: string;
  /** A flow whose second step waits for a person. */
  waitingFlow: string | null;
  /** A flow whose agent was killed in the middle of a reply. */
  workingFlow: string | null;
  /** A name of a flow with a schedule. */
  schedule: string | null;
  /** A script that slept, after its first agent and before its second. */
  sleepingScript: string | null;
  /** A session whose background agent was killed in the middle of a reply. */
  parent: string | null;
};

/** What the scripted model is asked for; a request belongs to the key in its first message. */
export const prompts = {
  idle: 'Good morning',
  approval: 'Please run it',
  cut: 'Please count',
  working: 'Please work in a flow',
  waiting: 'Please prepare the question',
  parent: 'Please ask somebody',
  child: 'Please search',
  beforeSleep: 'Before the sleep',
  afterSleep: 'After the sleep',
} as const;

export const definitions: Record<string, string> = {
  'flows/waiting.yaml': `name: waiting
steps:
  - { id: first, kind: agent, prompt: "${prompts.waiting}" }
  - { id: question, kind: approval, prompt: "Go on?", needs: [first] }
  - { id: last, kind: code, code: "return 'went on'", needs: [question] }
output: 'results.last.output'
`,
  'flows/working.yaml': `name: working
steps:
  # A state is restored years after it was recorded: what runs in it may not have a time limit that has passed.
  - { id: work, kind: agent, timeout: 5000d, prompt: "${prompts.working}" }
output: 'results.work.output'
`,
  'flows/yearly.yaml': `name: yearly
schedule: { cron: '0 0 1 1 *', timeZone: UTC }
steps:
  - { id: only, kind: code, code: 'return 1' }
`,
  'workflows/sleeping.js': `export const meta = { name: 'sleeping', description: 'Sleeps between two agents' };
const before = await agent('${prompts.beforeSleep}');
await sleep(40);
const after = await agent('${prompts.afterSleep}');
return [before, after];
`,
};

export const recordedCommits = (): string[] => readdirSync(statesFolder).sort();

/** Close to others in what they hold: their schema is upgraded in each run, a stack is started on them by `npm run test:upgrades`. */
const likeOthers = new Set(['27c6166', '50028be', '6dc7b4f', '85372e7', '9376190', 'c13809b']);

/** The states on which a whole stack is started. `EVERTURN_UPGRADES=all`: every one. */
export const startedCommits = (): string[] =>
  recordedCommits().filter((commit) => process.env.EVERTURN_UPGRADES === 'all' || !likeOthers.has(commit));

export const readState = (commit: string): State =>
  JSON.parse(readFileSync(path.join(statesFolder, commit, 'state.json'), 'utf8')) as State;

export const unpacked = (commit: string, name: 'postgres.sql' | 'temporal.db'): Buffer =>
  brotliDecompressSync(readFileSync(path.join(statesFolder, commit, `${name}.br`)));

export const packed = (content: Buffer | string): Buffer =>
  brotliCompressSync(content, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
  });
