import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { startPostgres } from '../../postgres/server.ts';
import { freePort } from '../../runtime/ports.ts';
import { findTemporal } from '../../temporal/find.ts';
import { startTemporal } from '../../temporal/server.ts';
import { createScriptedModel, type ScriptedModel } from '../support/scripted-model.ts';
import { until } from '../support/until.ts';
import { dumpDatabase } from './dump-database.ts';
import { definitions, packed, prompts, type State, statesFolder, taskQueue, workspace } from './state.ts';

/**
 * `npm run record:upgrade -- COMMIT [CHECKOUT]`: runs that commit, puts it to work, kills every process of it and writes
 * what Postgres and Temporal hold into `states/`. CHECKOUT is a work tree of it with its own node_modules. Default: one
 * is made, with a copy of the node_modules here, and removed again.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const git = (...args: string[]): string => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' }).trim();

const token = 'token-of-a-recorded-state';

const talking = (text: string, gate: string) => ({
  pauseAfter: { pieces: 3, gate },
  reply: { text },
  times: { min: 0, max: 20 },
});

const scriptModel = (model: ScriptedModel): void => {
  model.script([{ reply: { text: 'Good morning to you.' } }, { reply: { text: 'Until later.' } }], prompts.idle);
  const command = { name: 'run_command', arguments: { argv: ['echo', 'it ran'] } };
  model.script([{ reply: { text: 'I will.', toolCalls: [command] } }], prompts.approval);
  model.script([talking('One two three four five six.', 'cut')], prompts.cut);
  model.script([{ reply: { text: 'Prepared.' } }], prompts.waiting);
  model.script([talking('Working in a flow for a while.', 'working')], prompts.working);
  const spawning = { name: 'spawn_subagent', arguments: { prompt: prompts.child, label: 'Searcher' } };
  model.script([{ reply: { toolCalls: [spawning] } }, { reply: { text: 'Somebody searches.' } }], prompts.parent);
  model.script([talking('Searching here and there.', 'child')], prompts.child);
  model.script([{ reply: { text: 'It was before.' } }], prompts.beforeSleep);
};

type Started = { child: ChildProcess; kill9(): Promise<void> };

const startProcess = async (checkout: string, script: string, env: Record<string, string>): Promise<Started> => {
  const flags = ['--require', path.join(checkout, 'worker', 'without-promise-hooks.cjs')];
  const isWorker = script.startsWith('worker/') && existsSync(flags[1] ?? '');
  const child = spawn(process.execPath, [...(isWorker ? flags : []), path.join(checkout, script)], {
    cwd: checkout,
    env: { ...process.env, EVERTURN_LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const first = await Promise.race([once(child, 'message').then(() => 'ready'), ended.then(() => 'ended')]);
  if (first === 'ended') throw new Error(`${script} ended before it was ready`);
  return {
    child,
    kill9: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};

const createApi = (port: number) => {
  const ask = async <Answer>(method: string, route: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`http://127.0.0.1:${port}/api${route}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  };
  return {
    begin: async (text: string): Promise<string> => {
      const { id } = await ask<{ id: string }>('POST', '/sessions', { workspace });
      await ask('POST', `/sessions/${id}/messages`, { text });
      return id;
    },
    say: (id: string, text: string) => ask('POST', `/sessions/${id}/messages`, { text }),
    run: async (what: { flow: string } | { script: string }): Promise<string> =>
      (await ask<{ id: string }>('POST', '/runs', { ...what, workspace })).id,
    schedules: () => ask<{ schedules: { flow: string }[] }>('GET', '/schedules'),
  };
};

const hasTimer = async (address: string, workflowId: string): Promise<boolean> => {
  const connection = await Connection.connect({ address });
  try {
    const { events } = await new Client({ connection }).workflow.getHandle(workflowId).fetchHistory();
    return events?.some(({ timerStartedEventAttributes }) => timerStartedEventAttributes) ?? false;
  } finally {
    await connection.close();
  }
};

/** Begins everything the commit can do, and returns when all of it is where it is to be killed. */
const putToWork = async (
  checkout: string,
  port: number,
  temporalAddress: string,
  database: pg.Client,
  model: ScriptedModel,
): Promise<Omit<State, 'commit' | 'subject'>> => {
  const api = createApi(port);
  const can = (file: string): boolean => existsSync(path.join(checkout, file));
  const row = (what: string, sql: string, values: unknown[]) =>
    until(what, async () => (await database.query(sql, values)).rows.length > 0);
  const turnSettled = (id: string, turn: number) =>
    row('a turn to settle', `SELECT FROM turns WHERE session_id = $1 AND turn = $2 AND status = 'completed'`, [
      id,
      turn,
    ]);

  const idle = await api.begin(prompts.idle);
  await turnSettled(idle, 1);
  await api.say(idle, 'See you');
  await turnSettled(idle, 2);
  const approval = await api.begin(prompts.approval);
  await row('the approval', `SELECT FROM approvals WHERE session_id = $1 AND status = 'pending'`, [approval]);

  const flows = can('api/routes/flows.ts');
  const waitingFlow = flows ? await api.run({ flow: 'waiting' }) : null;
  if (waitingFlow)
    await row('the question', `SELECT FROM questions WHERE run_id = $1 AND status = 'pending'`, [waitingFlow]);
  const workingFlow = flows ? await api.run({ flow: 'working' }) : null;
  if (workingFlow) await model.reached('working');
  const schedule = can('api/routes/schedules.ts') ? 'yearly' : null;
  if (schedule)
    await until('the schedule', async () => (await api.schedules()).schedules.some(({ flow }) => flow === schedule));

  const parent = can('api/routes/subagents.ts') ? await api.begin(prompts.parent) : null;
  if (parent) {
    await turnSettled(parent, 1);
    await model.reached('child');
  }
  const cut = await api.begin(prompts.cut);
  await model.reached('cut');
  await api.say(cut, 'And then?');
  await row(
    'the reply to be under way',
    `SELECT FROM operations o WHERE session_id = $1 AND state = 'open' AND EXISTS (SELECT FROM events e WHERE e.operation = o.key)`,
    [cut],
  );
  const sleepingScript = can('worker/scripts.ts') ? await api.run({ script: 'sleeping' }) : null;
  if (sleepingScript) await until('the sleep', () => hasTimer(temporalAddress, `run/${sleepingScript}`));
  return { idle, approval, cut, waitingFlow, workingFlow, schedule, sleepingScript, parent };
};

const createProject = async (folder: string, modelUrl: string): Promise<string> => {
  const project = path.join(folder, 'project');
  for (const [name, text] of Object.entries(definitions)) {
    const file = path.join(project, '.everturn', name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const yaml = `keys:\n  scripted: { baseUrl: "${modelUrl}" }\nmodels:\n  - { key: scripted, model: scripted }\n`;
  await writeFile(path.join(project, 'everturn.yaml'), yaml);
  return project;
};

/** Without its log and its free pages. */
const compacted = (dbFile: string): Buffer => {
  const database = new DatabaseSync(dbFile, { enableDoubleQuotedStringLiterals: true });
  database.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = delete; VACUUM;');
  database.close();
  return readFileSync(dbFile);
};

const record = async (commit: string, checkout: string): Promise<void> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'everturn-record-'));
  await chmod(folder, 0o755);
  mkdirSync(workspace, { recursive: true });
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), durable: false });
    closing.push(postgres.stop);
    const dbFile = path.join(folder, 'temporal.db');
    const { path: binary } = await findTemporal({ progress: console.log });
    const temporal = await startTemporal({ binary, dbFile, port: await freePort(), uiPort: null });
    closing.push(temporal.stop);
    const model = await createScriptedModel();
    closing.push(model.close);
    scriptModel(model);
    const port = await freePort();
    const env = {
      DATABASE_URL: postgres.url,
      TEMPORAL_ADDRESS: temporal.address,
      EVERTURN_TASK_QUEUE: taskQueue,
      EVERTURN_PROJECT: await createProject(folder, model.url),
      EVERTURN_TOKEN: token,
      EVERTURN_API_PORT: String(port),
    };
    execFileSync(process.execPath, [path.join(checkout, 'cli', 'everturn.js'), 'prepare'], {
      cwd: checkout,
      env: { ...process.env, ...env },
      stdio: 'inherit',
    });
    const database = new pg.Client({ connectionString: postgres.url });
    await database.connect();
    closing.push(() => database.end());

    const scripts = ['api/main.ts', 'worker/main.ts', 'worker/scripts.ts'];
    const running: Started[] = [];
    closing.push(async () => await Promise.all(running.map(({ kill9 }) => kill9())));
    for (const script of scripts.filter((name) => existsSync(path.join(checkout, name)))) {
      running.push(await startProcess(checkout, script, { ...env, EVERTURN_WORKER_ID: `recorded-${script}` }));
    }
    const work = await putToWork(checkout, port, temporal.address, database, model);
    await Promise.all(running.splice(0).map(({ kill9 }) => kill9()));
    await temporal.stop();

    const target = path.join(statesFolder, commit);
    await mkdir(target, { recursive: true });
    const state: State = { commit, subject: git('log', '-1', '--format=%s', commit), ...work };
    writeFileSync(path.join(target, 'state.json'), `${JSON.stringify(state, null, 2)}\n`);
    writeFileSync(path.join(target, 'postgres.sql.br'), packed(await dumpDatabase(database, checkout)));
    writeFileSync(path.join(target, 'temporal.db.br'), packed(compacted(dbFile)));
    console.log(`Recorded ${commit}: ${state.subject}`);
  } finally {
    for (const close of closing.toReversed()) await close();
  }
};

const withCheckout = async (commit: string, use: (checkout: string) => Promise<void>): Promise<void> => {
  const checkout = path.join(await mkdtemp(path.join(os.tmpdir(), 'everturn-checkout-')), commit);
  git('worktree', 'add', '--detach', checkout, commit);
  try {
    execFileSync('cp', ['-al', path.join(root, 'node_modules'), path.join(checkout, 'node_modules')]);
    await use(checkout);
  } finally {
    git('worktree', 'remove', '--force', checkout);
  }
};

const [name, checkout] = process.argv.slice(2);
if (!name) throw new Error('Name a commit: npm run record:upgrade -- COMMIT [CHECKOUT]');
const commit = git('rev-parse', '--short=7', name);
await (checkout ? record(commit, path.resolve(checkout)) : withCheckout(commit, (folder) => record(commit, folder)));
