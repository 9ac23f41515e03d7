import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CreateSession } from '../contracts/api.ts';
import type { ChunkBody } from '../contracts/chunks.ts';
import { type SettledTurn, settled } from './support/conversation.ts';
import { define, ended, output, startRun } from './support/runs.ts';
import type { ScriptedStep } from './support/scripted-model.ts';
import { runScript } from './support/scripts.ts';
import { openStack, type Stack } from './support/stack.ts';
import { delivered, spawned, spawning } from './support/subagents.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await openStack();
  await Promise.all([stack.startWorker({ turnLimits: { stepsPerTurn: 12 } }), stack.startScriptWorker()]);
});
afterAll(() => stack.close());

const usage = { prompt_tokens: 90, completion_tokens: 10, total_tokens: 100 };
const said = (text: string, finishReason = 'stop'): ScriptedStep => ({ reply: { text, finishReason, usage } });
const calls = (...given: unknown[]): ScriptedStep => ({
  reply: { toolCalls: given.map((one) => ({ name: 'list_files', arguments: one })), usage },
});
const search = (n: number): ScriptedStep => ({
  reply: { toolCalls: [{ name: 'search_files', arguments: { pattern: `word${n}` } }] },
});
const cut = (text: string): ScriptedStep => said(text, 'length');
const goOn = { last: { role: 'user' as const, content: /Continue exactly where it stops/ } };

const ask = async (
  steps: ScriptedStep[],
  session: CreateSession = {},
): Promise<SettledTurn & { id: string; key: string }> => {
  const key = randomUUID();
  stack.model.script(steps, key);
  const { id } = await stack.api.createSession({ workspace: stack.workspace, ...session });
  await stack.api.sendMessage(id, { text: key });
  return { ...(await settled(stack, id, 1)), id, key };
};

const systems = ({ view }: Pick<SettledTurn, 'view'>) =>
  view.chunks.flatMap(({ body }) => (body.kind === 'system' ? [body] : []));
const labels = (turn: Pick<SettledTurn, 'view'>): string[] =>
  systems(turn).map(({ label, code, isSaid }) => `${label} ${code}${isSaid ? ' said' : ''}`);
const asked = (key: string) => stack.model.requests(key);
const bodiesOf = ({ view }: SettledTurn): ChunkBody[] => view.chunks.map(({ body }) => body);

describe('a reply that is no whole one ends the turn of a person so that it is seen', () => {
  test.each<[string, ScriptedStep, string]>([
    ['cut off', cut('The lock is tak'), 'model_reply_cut'],
    [
      'cut off while it was thought about',
      { reply: { thinking: 'long thoughts', finishReason: 'length' } },
      'model_reply_cut',
    ],
    ['filtered', said('', 'content_filter'), 'model_refused_content'],
  ])('%s', async (_, step, expected) => {
    const turn = await ask([step]);
    expect([turn.status, turn.code]).toEqual(['failed', expected]);
    expect(labels(turn)).toEqual([`notice ${expected}`]);
    expect(bodiesOf(turn).at(-1)).toMatchObject({ kind: 'error', code: expected });
    expect(asked(turn.key)).toHaveLength(1);
  });

  test('and goes on with the next message', async () => {
    const turn = await ask([
      cut('The lock is tak'),
      {
        expect: ({ messages }) =>
          expect(messages.slice(-2).map(({ role, content }) => [role, content])).toEqual([
            ['assistant', 'The lock is tak'],
            ['user', 'continue'],
          ]),
        reply: { text: 'en.' },
      },
    ]);
    await stack.api.sendMessage(turn.id, { text: 'continue' });
    expect((await settled(stack, turn.id, 2)).status).toBe('completed');
  });

  test('broken off by the provider: asked for again, and given up with that reason', async () => {
    const again = await ask([said('The lock is tak', 'error'), said('The lock is taken.')]);
    expect([again.status, bodiesOf(again).at(-1)]).toMatchObject(['completed', { text: 'The lock is taken.' }]);
    const turn = await ask(Array<ScriptedStep>(6).fill(said('The lock is tak', 'error')));
    expect([turn.status, turn.code]).toEqual(['failed', 'model_unavailable']);
    expect(bodiesOf(turn).at(-1)).toMatchObject({ message: expect.stringContaining('"error"') });
  });

  test('empty: asked for again, a few times', async () => {
    const again = { last: { role: 'user' as const, content: /Your reply was empty/ } };
    const turn = await ask([calls({}), said(' '), { expect: again, ...said('Here.') }]);
    expect([turn.status, labels(turn)]).toEqual([
      'completed',
      ['notice model_reply_empty', 'notice model_reply_empty said'],
    ]);
    const never = await ask(Array<ScriptedStep>(4).fill(said('')));
    expect([never.status, never.code]).toEqual(['failed', 'model_reply_empty']);
    expect(labels(never).at(-1)).toBe('guard model_reply_empty');
    expect(asked(never.key)).toHaveLength(4);
  });
});

test('a call that was cut does not run, and its result says so; one before it does', async () => {
  const written = { path: 'cut.txt', content: 'whole' };
  const turn = await ask(
    [
      {
        reply: {
          toolCalls: [
            { name: 'write_file', arguments: written },
            { name: 'write_file', arguments: '{"path":"never.txt","content":"half of' },
          ],
          finishReason: 'length',
        },
      },
      { expect: { last: { role: 'tool', content: /did not run.*cut off/ } }, reply: { text: 'I see.' } },
    ],
    { allow: ['write'] },
  );
  expect(turn.status).toBe('completed');
  const results = bodiesOf(turn).flatMap((body) => (body.kind === 'tool_result' ? [body.status] : []));
  expect(results).toEqual(['ok', 'error']);
  expect(labels(turn)).toEqual(['notice model_reply_cut']);
});

describe('where a program reads the reply, a cut one is continued', () => {
  const pieces = (): ScriptedStep[] => [
    cut('The lock'),
    { expect: goOn, ...cut(' is tak') },
    { expect: goOn, ...said('en.') },
  ];

  test('in a step of a flow, whose result is all of it', async () => {
    const key = randomUUID();
    stack.model.script(pieces(), key);
    await define(
      stack,
      'flows',
      'cut',
      `name: cut\nsteps:\n  - {id: a, kind: agent, prompt: '${key}'}\noutput: results.a.output`,
    );
    const id = await startRun(stack, 'cut');
    expect([(await ended(stack, id)).status, await output(stack, id)]).toEqual(['completed', 'The lock is taken.']);
  });

  test('in an agent of a script; one that never ends its reply fails and says why', async () => {
    stack.model.script(pieces(), 'goes on');
    stack.model.script([cut('a'), cut('b'), cut('c'), cut('d')], 'on and on');
    stack.model.script([said('I will', 'content_filter')], 'refused');
    const { output: given } = await runScript(
      stack,
      `const failed = async (prompt) => {
         try { return await agent(prompt, { retries: 0, onError: 'throw' }) } catch (error) { return [error.code, error.message] }
       };
       return [await agent('goes on'), await failed('on and on'), await failed('refused')]`,
    );
    expect(given).toEqual([
      'The lock is taken.',
      ['model_reply_cut', expect.stringContaining('the last 4 replies were cut off')],
      ['model_refused_content', expect.stringContaining('content_filter')],
    ]);
  });

  test('in a background agent', async () => {
    const [parent, child] = [randomUUID(), randomUUID()];
    stack.model.script(pieces(), child);
    stack.model.script([spawning({ prompt: child }), said('On it.'), said('I see.')], parent);
    const { id } = await stack.api.createSession({ workspace: stack.workspace });
    await stack.api.sendMessage(id, { text: parent });
    const [subagent] = await spawned(stack, id, 1);
    expect(await delivered(stack, subagent?.id ?? '')).toMatchObject({
      status: 'completed',
      result: 'The lock is taken.',
    });
  });
});

// Public reports of what other agents do with such replies.
describe('as others have met it', () => {
  test('all tokens go into thinking, and the run succeeds with nothing (opencode#18108)', async () => {
    const thought: ScriptedStep = { reply: { thinking: 'Long thoughts.', finishReason: 'length' } };
    stack.model.script(Array<ScriptedStep>(4).fill(thought), 'Thinks only');
    stack.model.script([thought, { expect: { last: { content: /Think less/ } }, ...said('Four.') }], 'Thinks less');
    const { output: given } = await runScript(
      stack,
      `const failed = await agent('Thinks only', { retries: 0, onError: 'throw' }).catch((error) => error.code);
       return [failed, await agent('Thinks less')]`,
    );
    expect(given).toEqual(['model_reply_cut', 'Four.']);
  });

  test('an empty reply of a filter stays in the history, and each later turn is refused (deer-flow#4394)', async () => {
    const turn = await ask([
      said('', 'content_filter'),
      {
        expect: ({ messages }) => expect(messages.every(({ content }) => content !== '')).toBe(true),
        ...said('Sure.'),
      },
    ]);
    await stack.api.sendMessage(turn.id, { text: 'something else' });
    expect((await settled(stack, turn.id, 2)).status).toBe('completed');
  });

  test('a server that says "tool_calls" of a call it has cut, again and again (hermes-agent#35151, cline#8051)', async () => {
    const half = '{"path":"long.txt","content":"It begins';
    const step: ScriptedStep = { reply: { toolCalls: [{ name: 'write_file', arguments: half }] } };
    const turn = await ask(Array<ScriptedStep>(4).fill(step), { allow: ['write'] });
    expect([turn.status, turn.code]).toEqual(['failed', 'model_reply_cut']);
    expect(asked(turn.key)[1]?.body.messages.at(-1)?.content).toMatch(/cut off before they were whole/);
  });

  test('a loop over three tools that bring nothing (superplane#4123, stella#359)', async () => {
    const round = [
      calls({}),
      search(1),
      { reply: { toolCalls: [{ name: 'read_file', arguments: { path: 'none' } }] } },
    ];
    const turn = await ask(Array.from({ length: 11 }, (_, n) => round[n % 3] ?? calls({})));
    expect([turn.status, turn.code]).toEqual(['failed', 'calls_repeated']);
    expect(asked(turn.key).length).toBeLessThan(12);
  });
});

describe('guards', () => {
  test('a turn that has used its steps ends with a summary, and the next one goes on', async () => {
    const turn = await ask([
      ...Array.from({ length: 12 }, (_, n) => search(n)),
      {
        expect: ({ messages, tools = [] }) => {
          expect(messages.at(-1)).toMatchObject({
            role: 'user',
            content: expect.stringContaining('used all 12 steps'),
          });
          expect(tools.length).toBeGreaterThan(3);
        },
        ...calls({}),
      },
      { expect: ({ tools }) => expect(tools).toBeUndefined(), ...said('Half of it is done.') },
      said('Now all of it.'),
    ]);
    expect([turn.status, turn.code]).toEqual(['failed', 'step_limit']);
    expect(bodiesOf(turn).slice(-3)).toMatchObject([
      { kind: 'text', text: 'Half of it is done.' },
      { kind: 'system', label: 'guard', code: 'step_limit', text: expect.stringContaining('Send "continue"') },
      { kind: 'error', code: 'step_limit' },
    ]);
    await stack.api.sendMessage(turn.id, { text: 'continue' });
    expect((await settled(stack, turn.id, 2)).status).toBe('completed');
  });

  test('equal calls: the model is told, then the turn ends, and the prompt only grew', async () => {
    const turn = await ask(Array<ScriptedStep>(8).fill(calls({})));
    expect([turn.status, turn.code]).toEqual(['failed', 'calls_repeated']);
    expect(labels(turn)).toEqual(['guard calls_repeated said', 'guard calls_repeated']);
    const bodies = asked(turn.key).map(({ body }) => body.messages.map((message) => JSON.stringify(message)));
    for (const [index, messages] of bodies.entries()) {
      const before = bodies[index - 1] ?? [];
      expect(messages.slice(0, before.length)).toEqual(before);
    }
    expect(bodies[4]?.at(-1)).toMatch(/"role":"user".*4 calls in a row/);
  });

  test('equal failures', async () => {
    const failing = (n: number): ScriptedStep => ({
      reply: { toolCalls: [{ name: 'no_such_tool', arguments: { n } }] },
    });
    const turn = await ask(Array.from({ length: 6 }, (_, n) => failing(n)));
    expect([turn.status, turn.code]).toEqual(['failed', 'failures_repeated']);
    expect(labels(turn)).toEqual(['guard failures_repeated said', 'guard failures_repeated']);
  });

  test('a result that never fits its schema is asked for five times, not again, and the reason says where it does not', async () => {
    const handIn = (result: unknown): ScriptedStep => ({
      reply: { toolCalls: [{ name: 'submit_result', arguments: { result } }] },
    });
    stack.model.script(
      Array.from({ length: 5 }, (_, a) => handIn({ a })),
      'Stubborn one',
    );
    stack.model.script([handIn('{"a":"b"}')], 'Text of it');
    stack.model.script(
      [{ reply: { toolCalls: [{ name: 'submit_result', arguments: JSON.stringify('{"result":{"a":"c"}}') }] } }],
      'All a text',
    );
    stack.model.script([handIn({ a: 1 }), handIn({ a: 2 })], 'Two tries');
    const { output: given } = await runScript(
      stack,
      `const schema = { type: 'object', required: ['a'], properties: { a: { type: 'string' } } };
       const failed = async (prompt, options) => {
         try { return await agent(prompt, { schema, onError: 'throw', ...options }) } catch (error) { return [error.code, error.message] }
       };
       return [await failed('Stubborn one'), await failed('Text of it'), await failed('All a text'), await failed('Two tries', { resultTries: 2 })]`,
    );
    expect(given).toEqual([
      [
        'result_refused',
        expect.stringMatching(/5 results were refused.*\{"result":\{"a":4\}\}.*result\.a: must be string/),
      ],
      { a: 'b' },
      { a: 'c' },
      ['result_refused', expect.stringMatching(/2 results were refused/)],
    ]);
    expect(asked('Stubborn one')).toHaveLength(5);
  });

  test('budgets of a turn and of a session', async () => {
    const turn = await ask([calls({}), calls({ path: '.' }), said('Done.')], {
      budget: { turn: { tokens: 150 }, session: { tokens: 290 } },
    });
    expect([turn.status, turn.code]).toEqual(['failed', 'turn_budget_spent']);
    expect(systems(turn).at(-1)).toMatchObject({ label: 'guard', text: expect.stringContaining('200 of 150 tokens') });
    await stack.api.sendMessage(turn.id, { text: 'continue' });
    expect((await settled(stack, turn.id, 2)).status).toBe('completed');
    await stack.api.sendMessage(turn.id, { text: 'more' });
    const spent = await settled(stack, turn.id, 3);
    expect([spent.status, spent.code]).toEqual(['failed', 'session_budget_spent']);
    expect(asked(turn.key)).toHaveLength(3);
  });
});

test('the scripted model was asked for nothing else', () => expect(stack.model.failures).toEqual([]));
