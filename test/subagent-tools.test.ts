import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { noChanges } from '../activities/changes/no-changes.ts';
import { openUnconfined } from '../activities/tools/confine/tracked.ts';
import { createSubagentTools } from '../activities/tools/subagents/create-subagent-tools.ts';
import { subagentId } from '../activities/tools/subagents/words.ts';
import type { Tool, ToolContext } from '../activities/tools/tool.ts';
import { subagentWorkflowId, turnWorkflowId } from '../contracts/ids.ts';
import { createFindAgent } from '../definitions/find-agent.ts';
import { settled } from './support/conversation.ts';
import { define, output, ended as runEnded, startRun } from './support/runs.ts';
import { sessionRow } from './support/session-row.ts';
import { openStack, type Stack } from './support/stack.ts';
import { delivered, ended, patient, spawned, spawning, startSession } from './support/subagents.ts';
import { until } from './support/until.ts';

const limits = { subagentsPerSession: 4, subagents: 2, subagentDepth: 2 };

let stack: Stack;
let client: Client;
beforeAll(async () => {
  stack = await openStack({
    models: ['scripted', 'other'],
    subagentLimits: limits,
  });
  await stack.startWorker();
  client = new Client({ connection: stack.connection });
  await define(
    stack,
    'agents',
    'bold',
    '---\ntools: [read_file, write_file, web_fetch]\npermissions: [write]\nmodels: [other]\n---\nYou are bold.\n',
  );
  await define(stack, 'agents', 'heir', '---\nmodels: [inherit]\n---\nYou are an heir.\n');
  await define(stack, 'agents', 'narrow', '---\ntools: [read_file, spawn_subagent]\n---\nYou are narrow.\n');
});
afterAll(() => stack.close());

const toolNamed = (name: string): Tool => {
  const { store, definitions } = stack;
  const tools = createSubagentTools({
    store,
    findAgent: createFindAgent(definitions),
    models: { names: ['scripted', 'other'], aliases: {}, strict: false },
    limits,
  });
  const tool = tools.find((one) => one.name === name);
  if (!tool) throw new Error(`There is no tool ${name}`);
  return tool;
};

/** Calls a tool as a worker does, for a session that nobody runs. */
const call = async (
  session: string,
  name: string,
  args: Record<string, unknown>,
  key = `${session}/1/1/${randomUUID()}`,
) => {
  const context: ToolContext = {
    sessionId: session,
    turn: 1,
    workspace: stack.workspace,
    dataFolders: [],
    signal: new AbortController().signal,
    idempotencyKey: key,
    onOutput: () => undefined,
    env: {},
    confinement: openUnconfined(null),
    commandSeconds: 1,
    changes: noChanges,
  };
  const tool = toolNamed(name);
  return await tool.run(tool.parameters.parse(args), context);
};

const idIn = (text: string): string => /a_[0-9a-f]{24}/.exec(text)?.[0] ?? '';

describe('spawn_subagent', () => {
  test('the same call again makes nothing new', async () => {
    const [key, child] = [randomUUID(), randomUUID()];
    await stack.store.sessions.create(sessionRow(key, { workspace: stack.workspace }));
    stack.model.script([{ reply: { text: 'once' } }], child);
    stack.model.script([{ reply: { text: 'Noted.' } }], key);
    const again = () => call(key, 'spawn_subagent', { prompt: child, label: key }, `${key}/1/1/0`);
    const [first, second] = await Promise.all([again(), again()]);
    expect(first).toEqual(second);
    expect(first.subagent).toEqual({ id: subagentId(`${key}/1/1/0`), action: 'start' });
    // Nobody starts it but the process of the API: no turn has made this call.
    expect(await delivered(stack, idIn(first.text))).toMatchObject({ status: 'completed', result: 'once' });
    expect(await again()).toEqual(first);
    expect((await stack.store.subagents.list({ session: key, limit: 10 })).subagents).toHaveLength(1);
    expect(stack.model.requests(child)).toHaveLength(1);
  });

  test('an agent of its own brings its prompt and model, and no tool or permission that its parent lacks', async () => {
    const spawn = async (parent: string, args: Record<string, unknown>) => {
      const { text } = await call(parent, 'spawn_subagent', { prompt: `${parent} never asked`, ...args });
      const subagent = await stack.store.subagents.find(idIn(text));
      await stack.store.subagents.cancel(idIn(text));
      return await stack.store.subagents.parent(subagent?.sessionId ?? '');
    };
    const session = async (changes: Parameters<typeof sessionRow>[1]) => {
      const id = randomUUID();
      stack.model.script(
        Array.from({ length: 4 }, () => ({ reply: { text: 'Noted.' } })),
        id,
      );
      await stack.store.sessions.create(sessionRow(id, { workspace: stack.workspace, ...changes }));
      return id;
    };
    const findAgent = createFindAgent(stack.definitions);
    const plain = await session({ allow: ['run'] });
    expect(await spawn(plain, {})).toEqual({ agent: 'default', model: 'scripted', allow: ['run'], definition: null });
    expect(await spawn(plain, { agent: 'bold' })).toMatchObject({
      agent: 'bold',
      model: 'other',
      allow: ['run'],
      definition: { prompt: 'You are bold.', permissions: [], tools: ['read_file', 'write_file', 'web_fetch'] },
    });
    expect(await spawn(await session({ model: 'other' }), { agent: 'heir' })).toMatchObject({ model: 'other' });
    const narrow = await session({ definition: findAgent('narrow') });
    expect(await spawn(narrow, { agent: 'bold' })).toMatchObject({
      allow: [],
      definition: { tools: ['read_file'], permissions: [] },
    });
    expect((await spawn(narrow, { agent: 'default' }))?.definition).toMatchObject({
      name: 'default',
      tools: ['read_file', 'spawn_subagent'],
    });
    const bold = await session({ agent: 'bold', definition: findAgent('bold') });
    expect(await spawn(bold, { model: 'other' })).toMatchObject({ agent: 'bold', model: 'other', allow: ['write'] });
    await expect(spawn(plain, { model: 'none' })).rejects.toMatchObject({ code: 'model_unknown' });
    await expect(spawn(plain, { agent: 'none' })).rejects.toMatchObject({ code: 'agent_not_found' });
  });

  test('no deeper than the configuration lets them, and those below leave no place taken that they wait for', async () => {
    const [top, middle, low] = [randomUUID(), randomUUID(), randomUUID()];
    const waiting = (text: string) => ({
      name: 'subagent_result',
      arguments: { id: idIn(text), wait: true, seconds: 25 },
    });
    // Two may run at once in all: with both of these waiting for one of their own, only places that they give up are free.
    stack.model.script(
      [
        spawning({ prompt: `${middle}-1` }, { prompt: `${middle}-2` }),
        { reply: { text: 'Ok.' } },
        { reply: { text: 'One.' } },
        { reply: { text: 'Two.' } },
      ],
      top,
    );
    for (const place of [1, 2]) {
      let child = '';
      const note = ({ messages }: { messages: readonly { content: string | null }[] }) => {
        child = messages.at(-1)?.content ?? '';
      };
      stack.model.script([spawning({ prompt: `${low}-${place}` })], `${middle}-${place}`);
      const step = {
        expect: note,
        reply: {
          toolCalls: [
            {
              name: 'subagent_result',
              get arguments() {
                return waiting(child).arguments;
              },
            },
          ],
        },
      };
      stack.model.script(
        [
          step,
          {
            expect: { last: { content: /completed after .*\nas deep as it goes/ } },
            reply: { text: `got it ${place}` },
          },
          { reply: { text: `got it ${place}` } },
        ],
        `${middle}-${place}`,
      );
      stack.model.script(
        [
          spawning({ prompt: 'deeper' }),
          { expect: { last: { content: /may be 2 levels deep/ } }, reply: { text: 'as deep as it goes' } },
        ],
        `${low}-${place}`,
      );
    }
    const session = await startSession(stack, top);
    const children = await spawned(stack, session, 2);
    for (const [index, { id }] of children.entries()) {
      expect(await delivered(stack, id)).toMatchObject({ status: 'completed', result: `got it ${index + 1}` });
    }
    expect(stack.model.failures).toEqual([]);
  });
});

describe('subagent_result and subagent_status', () => {
  test('say that it still runs, wait for its end, and give its result, cut at a length', async () => {
    const [parent, child] = [randomUUID(), randomUUID()];
    const long = 'a long answer '.repeat(5000);
    stack.model.script(
      [spawning({ prompt: child, label: 'Slow' }), { reply: { text: 'On it.' } }, { reply: { text: 'Ok.' } }],
      parent,
    );
    stack.model.script([{ times: patient, pauseAfter: { pieces: 0, gate: child }, reply: { text: long } }], child);
    const session = await startSession(stack, parent);
    const [subagent] = await spawned(stack, session, 1);
    const id = subagent?.id ?? '';
    await stack.model.reached(child);
    await until('it to run', async () => (await stack.store.subagents.find(id))?.status === 'running');
    expect((await call(session, 'subagent_result', { id })).text).toMatch(
      /"Slow": running, for \d+ s\nIt has not ended yet\./,
    );
    expect((await call(session, 'subagent_result', { id, wait: true, seconds: 0.1 })).text).toMatch(
      /running.*\n.*wait again/,
    );
    expect((await call(session, 'subagent_status', {})).text).toMatch(/^a_\w+ "Slow": running/);
    const waiting = call(session, 'subagent_result', { id, wait: true, seconds: 30 });
    stack.model.open(child);
    const { status, text } = await waiting;
    expect(status).toBe('ok');
    expect(text).toMatch(
      /"Slow": completed after \d+ s \(1 model request, 0 tool calls; \d+ tokens in, \d+ out\)\na long answer a/,
    );
    expect(text).toMatch(/\[20000 more characters in session s_\w+\]$/);
    await delivered(stack, id);
    const { view } = await settled(stack, session, 2);
    const told = view.chunks.findLast(({ body }) => body.kind === 'text' && body.role === 'user')?.body;
    expect(told?.kind === 'text' && told.text).toMatch(
      new RegExp(`\\[\\d+ more characters. Read all of it with subagent_result {"id":"${id}"}\\]$`),
    );
    await expect(call(randomUUID(), 'subagent_status', { id })).resolves.toMatchObject({
      status: 'error',
      text: expect.stringMatching(/has spawned no background agent "a_\w+"; there is none/),
    });
  });
});

test('P7: nothing that anybody wrote is in Temporal, and the histories replay', async () => {
  const canary = `canary-${randomUUID()}`;
  const [parent, child] = [randomUUID(), randomUUID()];
  stack.model.script(
    [
      spawning({ prompt: `${child} ${canary}`, label: canary }),
      { reply: { text: canary } },
      { reply: { text: canary } },
    ],
    parent,
  );
  stack.model.script([{ reply: { text: `${canary} is the result` } }], child);
  const session = await startSession(stack, `${parent} ${canary}`);
  const [subagent] = await spawned(stack, session, 1);
  const id = subagent?.id ?? '';
  expect((await delivered(stack, id)).result).toContain(canary);
  await settled(stack, session, 2);
  const own = subagent?.sessionId ?? '';
  const workflows = [subagentWorkflowId(id), turnWorkflowId(own, 1), turnWorkflowId(session, 1)];
  for (const workflowId of workflows) {
    const handle = client.workflow.getHandle(workflowId);
    await handle.result();
    const history = await handle.fetchHistory();
    const everything = JSON.stringify([history, (await handle.describe()).raw], (_key, value) =>
      typeof value === 'string' ? `${value} ${Buffer.from(value, 'base64')}` : value,
    );
    expect(everything).toContain(own);
    expect(everything.includes(canary), workflowId).toBe(false);
    await Worker.runReplayHistory({ workflowBundle: { codePath: inject('bundlePath') } }, history, workflowId);
  }
});

test('in a run, those that are left behind end with the step, and nobody is told', async () => {
  const [step, child] = [randomUUID(), randomUUID()];
  await define(
    stack,
    'flows',
    'spawns',
    `name: spawns\nsteps:\n  - { id: a, kind: agent, prompt: "${step}" }\noutput: results.a.output\n`,
  );
  stack.model.script([spawning({ prompt: child }), { reply: { text: 'I do not wait.' } }], step);
  stack.model.script([{ times: patient, pauseAfter: { pieces: 0, gate: child }, reply: { text: 'never' } }], child);
  const run = await startRun(stack, 'spawns');
  expect(await runEnded(stack, run)).toMatchObject({ status: 'completed' });
  expect(await output(stack, run)).toBe('I do not wait.');
  const { sessions } = await stack.api.listSessions({ runId: run });
  const subagent = await until('the background agent', async () => {
    for (const { id } of sessions) {
      const { subagents } = await stack.store.subagents.list({ session: id, limit: 1 });
      if (subagents[0]) return subagents[0];
    }
    return undefined;
  });
  expect(subagent.onParentEnd).toBe('cancel');
  expect(await ended(stack, subagent.id)).toMatchObject({ status: 'cancelled' });
  expect(stack.model.requests(step)).toHaveLength(2);
  const { view } = await stack.api.getSession(subagent.parentSessionId);
  expect({ turns: Object.keys(view.turns), waiting: view.waiting }).toEqual({ turns: ['1'], waiting: [] });
  await stack.api.deleteRun(run);
  await until('what is left of it to go', async () => (await stack.store.subagents.find(subagent.id)) === undefined);
});
