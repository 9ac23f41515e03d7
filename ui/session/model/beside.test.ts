import { expect, test } from 'vitest';
import type { Span } from '../../../contracts/api.ts';
import { type Chunk, resultOrdinal } from '../../../contracts/chunks.ts';
import type { Subagent } from '../../../contracts/subagents.ts';
import { noUsage } from '../../../contracts/usage.ts';
import type { SessionView } from '../../../contracts/view.ts';
import { parseUnified } from '../../parts/model/unified.ts';
import { backgroundMessage } from './background-message.ts';
import type { Block, ToolBlock } from './blocks.ts';
import { rateClass, rateOf, shapeOf } from './cache-rate.ts';
import { folded } from './fold.ts';
import { inspect, turnOf } from './inspect.ts';
import { allowedBy, permissionChoices, permissionOf } from './permission-choice.ts';
import { parsePlace, type SessionPlace, writePlace } from './place.ts';
import { bodyOf, messagePreview } from './wire-message.ts';

const at = '2026-01-01T00:00:00.000Z';

test('every place is written as an address that is read as the same place; nothing else is one', () => {
  const places: SessionPlace[] = [
    { kind: 'turn', turn: 3 },
    { kind: 'step', turn: 3, step: 2 },
    { kind: 'call', turn: 3, step: 2, call: 0 },
    { kind: 'chunk', seq: 41 },
    { kind: 'span', id: 's_1/3/2/model #1%' },
  ];
  for (const place of places) expect(parsePlace(writePlace(place))).toEqual(place);
  for (const text of [
    '',
    'turn-0',
    'turn-1/',
    'turn-1/call-2',
    'turn-1/step-0',
    'chunk-0',
    'span-',
    'span-%',
    'Turn-1',
  ])
    expect(parsePlace(text)).toBeNull();
});

const call = (step: number, tool: string, fields: Partial<ToolBlock> = {}): ToolBlock => ({
  kind: 'tool',
  key: `${step}/0`,
  step,
  call: 0,
  tool,
  arguments: '{}',
  state: 'ok',
  output: null,
  result: { kind: 'tool_result', callId: 'c', tool, status: 'ok', text: '', durationMs: 40 },
  approval: null,
  ...fields,
});
const text: Block = { kind: 'text', key: '9/0', text: 'Done', streaming: false };
const thought = (key: string): Block => ({ kind: 'thinking', key, text: 'Hm', streaming: false });

test('three ended calls in a row become one line, with the thinking between them and what did not complete', () => {
  const reads = [1, 2, 3].map((step) => call(step, 'read_file'));
  const failed = call(4, 'own__tool', { state: 'error' });
  const [first, group, last, ...rest] = folded([
    thought('0/0'),
    ...reads,
    thought('4/1'),
    failed,
    thought('5/0'),
    text,
  ]);
  expect(first).toEqual(thought('0/0'));
  expect(group).toMatchObject({ kind: 'calls', words: '3 reads, 1 own__tool call', ms: 160, failed: 1 });
  expect(group?.kind === 'calls' && group.blocks.length).toBe(5);
  expect([last, ...rest]).toEqual([thought('5/0'), text]);
});

test('two calls, one that runs, one that asks and one with images stay as they are', () => {
  const two = [call(1, 'read_file'), call(2, 'read_file'), text];
  expect(folded(two)).toEqual(two);
  const running = [
    call(1, 'a'),
    call(2, 'a'),
    call(3, 'a', { state: 'running', result: null }),
    call(4, 'a'),
    call(5, 'a'),
  ];
  expect(folded(running)).toEqual(running);
  const image = { attachmentId: 'i', name: 'a.png', mediaType: 'image/png', bytes: 1, width: 1, height: 1 };
  const result = { ...call(2, 'a').result, images: [image] } as unknown as ToolBlock['result'];
  const withImage = [call(1, 'a'), call(2, 'a', { result }), call(3, 'a')];
  expect(folded(withImage)).toEqual(withImage);
});

test('a unified diff gives files and hunks; a line that looks like a head is content', () => {
  const [edit, made, binary] = parseUnified(
    [
      '--- a/one.sql',
      '+++ b/one.sql',
      '@@ -1,3 +1,3 @@',
      ' a',
      '--- a comment',
      '+++ counter',
      ' b',
      '@@ -9 +9,2 @@ trailing',
      '-last',
      '+first',
      '+last',
      '\\ No newline at end of file',
      '--- /dev/null',
      '+++ b/sub/two.txt',
      '@@ -0,0 +1 @@',
      '+new',
      '--- a/three.bin',
      '+++ b/three.bin',
      'Binary files differ',
      '',
    ].join('\n'),
  );
  expect(edit).toEqual({
    path: 'one.sql',
    added: 3,
    removed: 2,
    note: null,
    hunks: [
      {
        head: '@@ -1,3 +1,3 @@',
        from: 'a\n-- a comment\nb\n',
        to: 'a\n++ counter\nb\n',
        starts: { old: 1, new: 1 },
      },
      { head: '@@ -9 +9,2 @@', from: 'last\n', to: 'first\nlast', starts: { old: 9, new: 9 } },
    ],
  });
  expect(made).toMatchObject({ path: 'sub/two.txt', added: 1, removed: 0, hunks: [{ from: '', to: 'new\n' }] });
  expect(binary).toMatchObject({ path: 'three.bin', hunks: [], note: 'Binary files differ' });
  expect(parseUnified('')).toEqual([]);
});

test('rates have their class at 60 and 30 per cent; shapes are shares of what they are drawn against', () => {
  const classes = [0, 29, 30, 59, 60, 100].map((rate) => rateClass(rate).name);
  expect(classes).toEqual(['low', 'low', 'middle', 'middle', 'high', 'high']);
  expect([rateOf({ input: 0, cacheRead: 0 }), rateOf({ input: 1000, cacheRead: 599 })]).toEqual([null, 59]);
  const segments = { tools: { hit: 50, miss: 0 }, system: { hit: 30, miss: 20 }, conversation: { hit: 0, miss: 100 } };
  expect(shapeOf(segments, 400).map(({ segment, isHit, share }) => [segment, isHit, share])).toEqual([
    ['tools', true, 0.125],
    ['system', true, 0.075],
    ['system', false, 0.05],
    ['conversation', false, 0.25],
  ]);
});

const chunk = (seq: number, turn: number, step: number, ordinal: number, body: Chunk['body']): Chunk => ({
  seq,
  turn,
  step,
  ordinal,
  at,
  body,
});
const view = (chunks: Chunk[], total = chunks.length): SessionView => ({
  position: 1,
  chunks,
  total,
  usage: noUsage,
  turns: {},
  waiting: [],
  approvals: [],
  live: [],
});
const span = (id: string, step: number, of: number | null, attempt = 1, status: Span['status'] = 'ok'): Span => ({
  id,
  turn: 5,
  step,
  call: of,
  kind: of === null ? 'model' : 'tool',
  name: of === null ? 'm' : 'read_file',
  attempt,
  status,
  startedAt: at,
  endedAt: at,
  attributes: {},
});
const callBody = { kind: 'tool_call' as const, callId: 'c1', tool: 'read_file', arguments: '{}' };
const resultBody = {
  kind: 'tool_result' as const,
  callId: 'c1',
  tool: 'read_file',
  status: 'ok' as const,
  text: 'x',
  durationMs: 1,
};
const chunks = [
  chunk(20, 5, 0, 0, { kind: 'text', role: 'user', text: 'go' }),
  chunk(21, 5, 1, 0, callBody),
  chunk(22, 5, 1, resultOrdinal(0), resultBody),
];
const spans = [span('m1', 1, null, 1, 'interrupted'), span('m2', 1, null, 2), span('t1', 1, 0)];

test('a place leads to the call, its result, its attempts and the request that asked for it', () => {
  const of = { view: view(chunks), traces: { 5: spans }, allSpans: null };
  const found = inspect(of, { kind: 'call', turn: 5, step: 1, call: 0 });
  expect(found).toMatchObject({
    status: 'found',
    inspected: { kind: 'call', body: callBody, result: resultBody, attempt: null, request: { id: 'm2' } },
  });
  expect(inspect(of, { kind: 'span', id: 't1' })).toMatchObject({ inspected: { kind: 'call', call: 0, attempt: 1 } });
  expect(inspect(of, { kind: 'span', id: 'm1' })).toMatchObject({
    inspected: { kind: 'step', step: 1, attempt: 1, attempts: [{ id: 'm1' }, { id: 'm2' }] },
  });
  expect(inspect(of, { kind: 'chunk', seq: 21 })).toMatchObject({ inspected: { kind: 'chunk', chunk: { seq: 21 } } });
  expect(turnOf(of, { kind: 'span', id: 'm1' })).toBe(5);
  expect(turnOf(of, { kind: 'chunk', seq: 22 })).toBe(5);
});

test('what was not read yet is told apart from what is not there', () => {
  const part = { view: view(chunks, 30), traces: {}, allSpans: null };
  expect(inspect(part, { kind: 'turn', turn: 2 }).status).toBe('older');
  expect(inspect(part, { kind: 'chunk', seq: 3 }).status).toBe('older');
  expect(inspect(part, { kind: 'chunk', seq: 99 }).status).toBe('missing');
  expect(inspect(part, { kind: 'span', id: 'x' }).status).toBe('spans');
  const whole = { view: view(chunks), traces: {}, allSpans: spans };
  expect(inspect(whole, { kind: 'turn', turn: 2 }).status).toBe('missing');
  expect(inspect(whole, { kind: 'span', id: 'x' }).status).toBe('missing');
  expect(turnOf(whole, { kind: 'span', id: 'x' })).toBeNull();
});

test('only the message of an agent that told this very turn is its card', () => {
  const subagent = { id: 'a_1', label: 'Tides', deliveredTurn: 4 } as Subagent;
  const words = '[Background agent "Tides" (a_1) completed]\nAll agree.';
  expect(backgroundMessage({ turn: 4, text: words }, [subagent])).toEqual({ subagent, text: 'All agree.' });
  const again = words.replace('(a_1)', '(a_1, attempt 2)');
  expect(backgroundMessage({ turn: 4, text: again }, [subagent])?.text).toBe('All agree.');
  expect(backgroundMessage({ turn: 5, text: words }, [subagent])).toBeNull();
  expect(backgroundMessage({ turn: 4, text: `So: ${words}` }, [subagent])).toBeNull();
  expect(backgroundMessage({ turn: 4, text: words }, [])).toBeNull();
});

test('permissions of a session are one of three choices, or its own', () => {
  expect([[], ['read'], ['write'], ['run', 'write']].map((allow) => permissionOf(allow as never))).toEqual([
    'ask',
    'ask',
    'write',
    'run',
  ]);
  expect(permissionOf(['run'])).toBe('own');
  expect(permissionChoices(['run']).at(-1)).toEqual({ name: 'own', words: 'run without asking' });
  expect([allowedBy('write'), allowedBy('own')]).toEqual([['write'], null]);
});

test('messages of a request in a line, whatever they hold', () => {
  expect(messagePreview('{"role":"user","content":"Hello\\n  there"}')).toBe('Hello there');
  const calls = [{ function: { name: 'read_file' } }, { function: {} }, null];
  expect(messagePreview(JSON.stringify({ role: 'assistant', content: null, tool_calls: calls }))).toBe('→ read_file');
  const parts = [{ type: 'text', text: 'See' }, { type: 'image_url' }];
  expect(messagePreview(JSON.stringify({ role: 'user', content: parts }))).toBe('See [image]');
  expect(messagePreview('not JSON')).toBe('not JSON');
  expect(JSON.parse(bodyOf('{"model":"m","messages":[', ['{"role":"user"}']))).toEqual({
    model: 'm',
    messages: [{ role: 'user' }],
  });
});
