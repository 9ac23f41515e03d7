import { Client, type WorkflowExecutionInfo } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runWorkflowId, stepWorkflowId } from '../contracts/ids.ts';
import { searchAttributes } from '../contracts/temporal.ts';
import { answeredSignal } from '../workflows/flow-step/messages.ts';
import { define, ended, output, startRun, statuses } from './support/runs.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

// With no workflow kept in memory, every workflow task replays its history from the start.
describe.each([{ maxCachedWorkflows: 100 }, { maxCachedWorkflows: 0 }])('steps of a flow, %o', (options) => {
  let stack: Stack;
  let client: Client;
  let count = 0;

  beforeAll(async () => {
    stack = await openStack({ models: ['scripted', 'other'] });
    client = new Client({ connection: stack.connection });
    await stack.startWorker(options);
    await define(
      stack,
      'agents',
      'reader',
      '---\ndescription: reads\ntools: [read_file]\nmodels: [other]\n---\nYou read.\n',
    );
  });
  afterAll(() => stack.close());

  const key = (word: string): string => `${word}${options.maxCachedWorkflows}`;
  const defineFlow = async (text: string): Promise<string> => {
    const name = `flow${count++}`;
    await define(stack, 'flows', name, `name: ${name}\n${text}`);
    return name;
  };
  const run = async (text: string, given: Parameters<typeof startRun>[2] = {}) => {
    const id = await startRun(stack, await defineFlow(text), given);
    return { id, end: await ended(stack, id), statuses: await statuses(stack, id), output: await output(stack, id) };
  };
  const node = async (id: string, step: string, index: number | null = null) =>
    (await stack.store.nodes.result({ runId: id, step, index }))?.node;

  test('an agent works in a session of its own, with its prompt, its tools and its model', async () => {
    stack.model.script(
      [
        {
          expect: ({ model, messages, tools }) => {
            expect(model).toBe('other');
            expect(messages[0]?.content).toContain('You read.');
            expect(tools?.map(({ function: { name } }) => name)).toEqual(['read_file']);
          },
          reply: { text: 'It is blue.', usage: { prompt_tokens: 10, completion_tokens: 4 } },
        },
      ],
      key('colour'),
    );
    const {
      id,
      end,
      output: text,
    } = await run(
      `steps:\n  - { id: a, kind: agent, agent: reader, prompt: "${key('colour')} of \${input.thing}?" }\noutput: results.a.output\n`,
      { input: { thing: 'the sky' } },
    );
    expect(end).toMatchObject({ status: 'completed', reason: null });
    expect(text).toBe('It is blue.');
    const { sessionId, usage } = (await node(id, 'a')) ?? {};
    expect(usage).toMatchObject({ input: 10, output: 4, requests: 1 });
    const session = await stack.api.getSession(sessionId ?? '');
    expect(session.session).toMatchObject({ agent: 'reader', runId: id });
    const found = async () => {
      const all: WorkflowExecutionInfo[] = [];
      for await (const one of client.workflow.list({ query: `${searchAttributes.session} = "${sessionId}"` }))
        all.push(one);
      return all;
    };
    // The step's own workflow runs the turn, and is found by the session.
    await until('the workflow of its turn to close', async () => (await found())[0]?.status.name === 'COMPLETED');
    expect((await found()).map(({ workflowId }) => workflowId)).toEqual([stepWorkflowId(id, 'a')]);
  });

  test('a result by schema: asked for again when the agent ends without it, then read by the next step', async () => {
    stack.model.script(
      [
        { reply: { text: 'I think 7.' } },
        {
          expect: { last: { role: 'user', content: 'submit_result' } },
          reply: { toolCalls: [{ name: 'submit_result', arguments: '{"result":{"n":7}}' }] },
        },
      ],
      key('number'),
    );
    const { end, output: value } = await run(`steps:
  - id: a
    kind: agent
    prompt: ${key('number')}
    schema: { type: object, properties: { n: { type: integer } }, required: [n], additionalProperties: false }
  - { id: b, kind: code, needs: [a], code: 'return results.a.output.n + 1' }
output: results.b.output
`);
    expect(end).toMatchObject({ status: 'completed', reason: null });
    expect(value).toBe(8);
  });

  test('a failed agent is tried again in a new session while retries remain; the reason stays', async () => {
    stack.model.script([{ status: 401 }, { reply: { text: 'Now.' } }], key('flaky'));
    const { id, end } = await run(
      `steps:\n  - { id: a, kind: agent, model: scripted, prompt: ${key('flaky')}, retries: 1, backoff: 10ms }\n`,
    );
    expect(end).toMatchObject({ status: 'completed' });
    expect(await node(id, 'a')).toMatchObject({ attempt: 2, status: 'completed', reason: null });
    stack.model.script([{ status: 401 }], key('refused'));
    const refused = await run(`steps:\n  - { id: a, kind: agent, model: scripted, prompt: ${key('refused')} }\n`);
    expect(refused.end).toMatchObject({ status: 'failed', code: 'run_failed' });
    expect(refused.end.reason).toMatch(/^a: .*HTTP 401/);
  });

  test('an approval waits; the first answer counts', async () => {
    const name = await defineFlow(`steps:
  - { id: ask, kind: approval, prompt: "Go on with \${input.what}?", form: [{ name: why, required: true }] }
  - { id: after, kind: code, needs: [ask], code: 'return results.ask.output.fields.why' }
output: results.after.output
`);
    const id = await startRun(stack, name, { input: { what: 'it' } });
    const question = await until('the question', async () => (await stack.store.questions.ofRun(id))[0]);
    expect(question.prompt).toBe('Go on with it?');
    const answer = { decision: 'approve' as const, fields: { why: 'because' }, note: null, by: 'owner' };
    expect((await stack.store.questions.answer(question, answer)).outcome).toBe('applied');
    expect((await stack.store.questions.answer(question, { ...answer, decision: 'deny' })).outcome).toBe('answered');
    await client.workflow.getHandle(question.node).signal(answeredSignal);
    expect(await ended(stack, id)).toMatchObject({ status: 'completed' });
    expect(await output(stack, id)).toBe('because');
  });

  test('an approval whose deadline passes has timed out, or ends as declared', async () => {
    const { end, statuses: steps } = await run(`steps:
  - { id: late, kind: approval, prompt: Well?, deadline: 200ms, onError: continue }
  - { id: fine, kind: approval, prompt: Well?, deadline: 200ms, onDeadline: approve }
`);
    expect(end).toMatchObject({ status: 'completed' });
    expect(steps).toEqual({ late: 'timed_out', fine: 'completed' });
  });

  test('a flow within a flow', async () => {
    const child = await defineFlow(
      `inputs: { type: object, properties: { n: { type: integer, default: 5 } } }\nsteps:\n  - { id: a, kind: code, code: 'return input.n * 2' }\noutput: results.a.output\n`,
    );
    const {
      id,
      end,
      output: value,
    } = await run(`steps:
  - { id: one, kind: flow, flow: ${child}, with: '({ n: 4 })' }
  - { id: many, kind: map, items: '[1, 2]', flow: ${child}, with: '({ n: item })' }
  - { id: none, kind: flow, flow: ${child} }
output: '[results.one.output, results.many.output, results.none.output]'
`);
    expect(end).toMatchObject({ status: 'completed', reason: null });
    expect(value).toEqual([8, [2, 4], 10]);
    const childRun = (await node(id, 'one'))?.childRun ?? '';
    expect(await stack.store.runs.find(childRun)).toMatchObject({
      status: 'completed',
      parentRun: id,
      trigger: 'flow',
    });
  });

  test('a step that takes too long has timed out, and what it started has ended', async () => {
    stack.model.script(
      [{ pauseAfter: { pieces: 1, gate: key('never') }, reply: { text: 'One two three.' } }],
      key('slow'),
    );
    const {
      id,
      end,
      statuses: steps,
    } = await run(`steps:\n  - { id: a, kind: agent, prompt: ${key('slow')}, timeout: 500ms }\n`);
    expect(end).toMatchObject({ status: 'failed', code: 'run_failed' });
    expect(end.reason).toContain('a: It took longer than 0.5 s');
    expect(steps).toEqual({ a: 'timed_out' });
    expect(stack.model.requests(key('slow'))[0]?.outcome).toBe('aborted');
    const sessionId = (await node(id, 'a'))?.sessionId ?? '';
    expect((await stack.store.turns.last(sessionId))?.status).toBe('cancelled');
  });

  test('cancel reaches every child; the run says so', async () => {
    const gate = key('held');
    stack.model.script([{ pauseAfter: { pieces: 1, gate }, reply: { text: 'One two three.' }, times: 2 }], key('long'));
    const name = await defineFlow(`steps:
  - { id: m, kind: map, items: '[1, 2, 3]', maxConcurrent: 2, prompt: ${key('long')} }
  - { id: later, kind: code, needs: [m], code: 'return 1' }
`);
    const id = await startRun(stack, name);
    await stack.model.reached(gate, 2);
    await client.workflow.getHandle(runWorkflowId(id)).cancel();
    expect(await ended(stack, id)).toMatchObject({ status: 'cancelled', code: 'run_cancelled' });
    expect(await statuses(stack, id)).toMatchObject({ m: 'cancelled' });
    expect(stack.model.requests(key('long')).map(({ outcome }) => outcome)).toEqual(['aborted', 'aborted']);
    await until('all workflows of the run to close', async () => {
      for await (const { status } of client.workflow.list({ query: `EverturnRun = "${id}"` })) {
        if (status.name === 'RUNNING') return false;
      }
      return true;
    });
  });
});
