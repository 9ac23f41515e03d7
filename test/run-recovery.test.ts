import { Client } from '@temporalio/client';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runWorkflowId, stepWorkflowId, streamOfRun, streamOfSession, turnWorkflowId } from '../contracts/ids.ts';
import { recoverWorker } from '../runtime/recovery.ts';
import { type OurProcess, openProcesses } from './support/processes.ts';
import { define, ended, startRun } from './support/runs.ts';
import { finished, startScriptOf } from './support/scripts.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
let processes: Awaited<ReturnType<typeof openProcesses>>;
let client: Client;
beforeAll(async () => {
  stack = await openStack();
  processes = await openProcesses(stack);
  client = new Client({ connection: stack.connection });
});
afterAll(async () => {
  await processes.close();
  await stack.close();
});

const recover = ({ id }: OurProcess) =>
  recoverWorker({ store: stack.store, connection: stack.connection, namespace: 'default', log: stack.log }, id);

const eventsOf = async (workflowId: string) =>
  (await client.workflow.getHandle(workflowId).fetchHistory()).events ?? [];

const isHeldBy = async (workflowId: string, { id }: OurProcess): Promise<boolean> => {
  const description = await client.workflow.getHandle(workflowId).describe();
  return (description.raw.pendingActivities ?? []).some(({ lastWorkerIdentity }) => lastWorkerIdentity === id);
};

/**
 * Why activities of a workflow began again, as soon as there is such a reason. Postgres has a result before Temporal hears
 * that the activity has ended, which is when its history says how it began.
 */
const failuresOf = (workflowId: string): Promise<(string | null | undefined)[]> =>
  until('an activity that began again', async () => {
    const failures = (await eventsOf(workflowId)).flatMap(({ activityTaskStartedEventAttributes }) => {
      const failure = activityTaskStartedEventAttributes?.lastFailure;
      return failure ? [failure.message] : [];
    });
    return failures.length > 0 && failures;
  });

const isThere = (workflowId: string): Promise<boolean> =>
  client.workflow
    .getHandle(workflowId)
    .describe()
    .then(() => true)
    .catch(() => false);

/** Whatever writes this row waits until it is let go. */
const hold = async (query: string, id: string): Promise<() => Promise<void>> => {
  const holder = new pg.Client({ connectionString: stack.databaseUrl });
  await holder.connect();
  await holder.query('BEGIN');
  const { rowCount } = await holder.query(`${query} FOR UPDATE`, [id]);
  expect(rowCount).toBe(1);
  return () => holder.end();
};
const holdRun = (runId: string) => hold('SELECT FROM runs WHERE id = $1', runId);
const holdNodes = (runId: string) => hold('SELECT FROM streams WHERE id = $1', streamOfRun(runId));

/** Kills the process in the middle of an activity of the workflow; another one takes it. */
const killWithin = async (
  workflowId: string,
  start: () => Promise<OurProcess>,
  letGo: () => Promise<void>,
): Promise<{ dead: OurProcess; next: OurProcess }> => {
  const dead = await start();
  await until(`${workflowId} to be held by ${dead.id}`, () => isHeldBy(workflowId, dead).catch(() => false));
  await dead.kill9();
  const next = await start();
  await letGo();
  await recover(dead);
  return { dead, next };
};

/** Kills the process in the middle of a local activity, which waits for what is held; another one takes its workflow's task. */
const killWhileWaiting = async (
  workflowId: string,
  start: () => Promise<OurProcess>,
  letGo: () => Promise<void>,
): Promise<{ next: OurProcess }> => {
  const dead = await start();
  await until('its statement to wait', async () => {
    // Another process may wait for the same row: this one must be within a task of the workflow.
    const task = await client.workflow
      .getHandle(workflowId)
      .describe()
      .catch(() => null);
    if (!task?.raw.pendingWorkflowTask?.startedTime) return false;
    const waiting = await stack.store.database.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%put_node(%'`,
    );
    return waiting.length > 0;
  });
  await dead.kill9();
  const next = await start();
  await letGo();
  await recover(dead);
  return { next };
};

/** Nothing but the time limit of the task tells Temporal that a local activity is gone. */
const timedOutTasks = async (workflowId: string): Promise<number> =>
  (await eventsOf(workflowId)).filter((event) => event.workflowTaskTimedOutEventAttributes).length;

describe('a worker of scripts that is killed with -9', () => {
  test('its scripts are not waited for on its queue: the next one takes them when their agents end', async () => {
    await stack.startWorker();
    stack.model.script([{ pauseAfter: { pieces: 1, gate: 'one' }, reply: { text: 'It is blue.' } }], 'colour');
    const dead = await processes.scripts();
    const id = await startScriptOf(stack, "log('asks');\nconst said = await agent('colour');\nreturn said;");
    await stack.model.reached('one');
    await dead.kill9();
    const next = await processes.scripts();
    await recover(dead);
    stack.model.open('one');
    expect(await finished(stack, id)).toMatchObject({
      run: { status: 'completed', reason: null },
      output: 'It is blue.',
    });
    const events = await eventsOf(runWorkflowId(id));
    expect(events.filter((event) => event.workflowTaskTimedOutEventAttributes)).toEqual([]);
    expect(stack.model.requests('colour')).toHaveLength(1);
    await next.kill9();
  });

  test('what it was in the middle of is done by the next one at once', async () => {
    const id = await startScriptOf(stack, 'return 1 + 1;');
    const letGo = await holdRun(id);
    const { dead, next } = await killWithin(runWorkflowId(id), processes.scripts, letGo);
    expect(await finished(stack, id)).toMatchObject({ run: { status: 'completed', reason: null }, output: 2 });
    expect(await failuresOf(runWorkflowId(id))).toContain(`worker ${dead.id} died`);
    await next.kill9();
  });
});

describe('a worker of agents that is killed with -9 in the middle of preparing', () => {
  // What is killed is the only worker of agents.
  let own: Stack;
  beforeAll(async () => {
    own = stack;
    stack = await openStack();
    processes = await openProcesses(stack);
    await stack.startScriptWorker();
  });
  afterAll(async () => {
    await processes.close();
    await stack.close();
    stack = own;
  });

  test("a flow's step", async () => {
    stack.model.script([{ reply: { text: 'It is blue.' } }], 'colour');
    await define(stack, 'flows', 'ask', 'name: ask\nsteps:\n  - { id: a, kind: agent, prompt: colour }\n');
    const id = await startRun(stack, 'ask');
    await until('its workflow', () => isThere(runWorkflowId(id)));
    const letGo = await holdNodes(id);
    const { next } = await killWhileWaiting(stepWorkflowId(id, 'a'), processes.worker, letGo);
    expect((await ended(stack, id)).status).toBe('completed');
    expect(await timedOutTasks(stepWorkflowId(id, 'a'))).toBe(1);
    expect(stack.model.requests('colour')).toHaveLength(1);
    await next.kill9();
  });

  test('a turn that it was given and had not begun', async () => {
    stack.model.script([{ reply: { text: 'It is red.' } }], 'poppy');
    const { id } = await stack.api.createSession({});
    const sent = stack.api.sendMessage(id, { text: 'poppy' });
    const messages = async () =>
      (await stack.store.database.query('SELECT FROM messages WHERE session_id = $1', [id])).length;
    await until('the message', async () => (await messages()) > 0);
    // Its first request is written down there before it is made.
    const letGo = await hold('SELECT FROM streams WHERE id = $1', streamOfSession(id));
    const workflowId = turnWorkflowId(id, 1);
    const { dead, next } = await killWithin(workflowId, processes.worker, async () => {
      // As if it had died before it asked: Postgres would go on without it.
      await stack.store.database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      await letGo();
    });
    await sent;
    await until('the reply', async () => (await stack.api.getSession(id)).session.status === 'idle');
    expect(await failuresOf(workflowId)).toEqual([`worker ${dead.id} died`]);
    expect(stack.model.requests('poppy')).toHaveLength(1);
    await next.kill9();
  });

  test("a script's call", async () => {
    stack.model.script([{ reply: { text: 'It is green.' } }], 'grass');
    const id = await startScriptOf(stack, "return await agent('grass');");
    const [call] = await until('the call', async () => {
      const { nodes } = await stack.api.getRun(id);
      return Object.keys(nodes).length > 0 && Object.keys(nodes);
    });
    const workflowId = stepWorkflowId(id, call ?? '');
    const letGo = await holdNodes(id);
    const { next } = await killWhileWaiting(workflowId, processes.worker, letGo);
    expect(await finished(stack, id)).toMatchObject({
      run: { status: 'completed', reason: null },
      output: 'It is green.',
    });
    expect(await timedOutTasks(workflowId)).toBe(1);
    expect(stack.model.requests('grass')).toHaveLength(1);
    await next.kill9();
  });
});
