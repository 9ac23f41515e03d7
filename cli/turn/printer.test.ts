import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SessionEvent } from '../../contracts/events.ts';
import { createScreen, type Sink } from '../screen/screen.ts';
import { createPrinter } from './printer.ts';

const at = '2026-01-01T00:00:00.000Z';

/** What a printer writes to both streams, and to a terminal that both share. */
const printed = (events: readonly SessionEvent[], { isTTY = false } = {}) => {
  const texts = { out: '', err: '', both: '' };
  const sink = (name: 'out' | 'err'): Sink => ({
    isTTY,
    columns: 100,
    write: (text) => {
      texts[name] += text;
      texts.both += text;
    },
  });
  const printer = createPrinter(createScreen({ out: sink('out'), err: sink('err') }));
  for (const event of events) printer.print(event);
  return texts;
};

const place = { turn: 1, step: 1 };
const started = (fence: number): SessionEvent => ({ type: 'step.started', ...place, fence, model: 'm' });
const delta = (fence: number, text: string): SessionEvent => ({
  type: 'delta',
  ...place,
  fence,
  parts: [{ ordinal: 0, kind: 'text', text }],
});
const sealed = (text: string): SessionEvent => ({
  type: 'step.sealed',
  ...place,
  chunks: [{ seq: 1, ...place, ordinal: 0, at, body: { kind: 'text', role: 'assistant', text } }],
});
const output = (fence: number, text: string): SessionEvent => ({
  type: 'tool.output',
  ...place,
  call: 0,
  fence,
  callId: 'c',
  text,
});
const toolStarted = (fence: number): SessionEvent => ({
  type: 'tool.started',
  ...place,
  call: 0,
  fence,
  callId: 'c',
  tool: 'run_command',
});

describe('the text of a reply', () => {
  test('is printed once whatever part of its deltas is lost, whatever attempts came before, and when they come late', () => {
    const word = fc.stringMatching(/^[a-z]{1,6} $/);
    const attempt = fc.record({ words: fc.array(word, { maxLength: 6 }), late: fc.boolean() });
    const plans = fc.record({
      failed: fc.array(attempt, { maxLength: 3 }),
      words: fc.array(word, { minLength: 1, maxLength: 10 }),
      seen: fc.nat({ max: 10 }),
    });
    fc.assert(
      fc.property(plans, ({ failed, words, seen }) => {
        const last = failed.length + 1;
        const late = failed.flatMap(({ words: old, late: isLate }, index) =>
          isLate ? old.map((text) => delta(index + 1, text)) : [],
        );
        const { out, err } = printed([
          ...failed.flatMap(({ words: old }, index) => [
            started(index + 1),
            ...old.map((text) => delta(index + 1, text)),
          ]),
          started(last),
          ...late,
          ...words.slice(0, seen).map((text) => delta(last, text)),
          sealed(words.join('')),
        ]);
        const superseded = failed.filter(({ words: old }) => old.length > 0);
        expect(out).toBe(`${superseded.map(({ words: old }) => `${old.join('')}\n`).join('')}${words.join('')}\n`);
        expect(err.match(/Cut off/g) ?? []).toHaveLength(superseded.length);
      }),
    );
  });

  test('of which the first deltas were missed is not repeated when its end was seen', () => {
    expect(printed([delta(1, 'world.'), sealed('Hello world.')]).out).toBe('world.\n');
  });

  test('goes on on its line when its end comes only with the seal', () => {
    const thinking = { ordinal: 0, kind: 'thinking' as const, text: 'Hm.' };
    const text = { ordinal: 1, kind: 'text' as const, text: 'Half' };
    const at0 = { seq: 1, ...place, ordinal: 0, at };
    const { out, err } = printed([
      started(1),
      { type: 'delta', ...place, fence: 1, parts: [thinking, text] },
      {
        type: 'step.sealed',
        ...place,
        chunks: [
          { ...at0, body: { kind: 'thinking', text: 'Hm.' } },
          { ...at0, seq: 2, ordinal: 1, body: { kind: 'text', role: 'assistant', text: 'Half and whole.' } },
        ],
      },
    ]);
    expect({ out, err }).toEqual({ out: 'Half and whole.\n', err: 'thinking: Hm.\n' });
  });

  test('that stands otherwise than it was streamed is announced and printed whole', () => {
    const { out, err } = printed([started(1), delta(1, 'Helo'), sealed('Hello')]);
    expect(out).toBe('Helo\nHello\n');
    expect(err).toContain('differs from what was streamed');
  });

  test('is exact in a pipe; a terminal gets nothing that moves its cursor or reorders', () => {
    const text = 'a\u001b[2Jb\u202ec\ttab\u009bd\r\n';
    expect(printed([started(1), sealed(text)]).out).toBe(text);
    expect(printed([started(1), sealed(text)], { isTTY: true }).out).toBe('a\\u001b[2Jb\\u202ec\ttab\\u009bd\n');
  });

  test('shares a terminal: a note never stands on its line', () => {
    const { both } = printed([started(1), delta(1, 'Half'), toolStarted(1), output(1, 'line\n'), delta(1, ' whole')], {
      isTTY: true,
    });
    expect(both).toMatch(/^Half\n.*│ line.*\n whole$/);
  });
});

test('notes in a row are one, and what the model was told is marked as such', () => {
  const note = (seq: number, text: string, isSaid?: true) => ({
    ...{ seq, ...place, ordinal: 9000 + seq, at },
    body: { kind: 'system' as const, label: 'guard' as const, text, ...(isSaid ? { isSaid } : {}) },
  });
  const reply = {
    seq: 3,
    ...place,
    ordinal: 0,
    at,
    body: { kind: 'text' as const, role: 'assistant' as const, text: 'So.' },
  };
  const chunks = [note(1, 'One'), note(2, 'Two', true), reply, note(4, 'Three')];
  const { out, err } = printed([started(1), { type: 'step.sealed', ...place, chunks }]);
  expect({ out, err }).toEqual({ out: 'So.\n', err: 'One\n  Told the model: Two\nThree\n' });
});

describe('the output of a tool', () => {
  test('comes in whole lines, of the newest attempt only', () => {
    const { err } = printed([
      toolStarted(1),
      output(1, 'on'),
      toolStarted(2),
      output(1, 'e\n'),
      output(2, 'two\nth'),
      output(2, 'ree\n'),
    ]);
    expect(err).toBe('  Attempt 2 of run_command: the one before was cut off\n  │ two\n  │ three\n');
  });

  test('is bounded in lines and in width', () => {
    const { err } = printed([toolStarted(1), output(1, `${'x'.repeat(1000)}\n`.repeat(1000))]);
    expect(err.split('\n').length).toBeLessThan(25);
    expect(Math.max(...err.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(err).toContain('the rest is not shown');
  });
});

test('an approval shows all of its arguments, none of it acting on the terminal', () => {
  const text = JSON.stringify({ argv: ['rm', '-rf', `a\u202eb${'long '.repeat(100)}END`] });
  const approval = {
    id: 's/1/1/0',
    sessionId: 's',
    ...place,
    call: 0,
    tool: 'run_command',
    arguments: text,
    argumentsHash: '',
    status: 'pending' as const,
    decision: null,
    note: null,
    answeredBy: null,
    askedAt: at,
    answeredAt: null,
  };
  const { err } = printed([{ type: 'approval.asked', approval }]);
  expect(err).toContain('a\\u202eblong');
  expect(err).toContain('END');
});

test('a wait is told with its end and its reason', () => {
  const until = new Date(Date.now() + 100_000_000).toISOString();
  const { err } = printed([
    started(1),
    { type: 'step.waiting', ...place, fence: 1, until, code: 'model_rate_limited', isAsked: true },
  ]);
  expect(err).toMatch(
    /Waits until \d\d:\d\d on \d+ \w+ \d{4} because the provider asked for it \(model_rate_limited\)/,
  );
});
