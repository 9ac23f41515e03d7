import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChunkBody, PlacedChunk } from '../../../contracts/chunks.ts';
import { toRequest } from '../../../contracts/request.ts';
import { turnLimits } from '../../../contracts/turn-limits.ts';
import { decide, type Move } from './decide.ts';

type Called = { tool?: string; arguments?: unknown; status?: 'ok' | 'error'; text?: string; durationMs?: number };
type Scene = { said?: string; calls?: Called[]; noted?: string; text?: string };

/** A transcript of turn 2, after a turn that would trip every guard. */
const transcriptOf = (scenes: readonly Scene[]): PlacedChunk[] => {
  const chunks: PlacedChunk[] = [];
  const add = (turn: number, step: number, body: ChunkBody): void => {
    chunks.push({ seq: chunks.length + 1, turn, step, ordinal: chunks.length, body });
  };
  const play = (turn: number, all: readonly Scene[]): void => {
    add(turn, 0, { kind: 'text', role: 'user', text: 'go' });
    all.forEach(({ said, calls = [], noted, text = '' }, index) => {
      const step = index + 1;
      if (said) add(turn, step, { kind: 'system', label: 'guard', text: 'told', code: said, isSaid: true });
      if (text) add(turn, step, { kind: 'text', role: 'assistant', text });
      const ids = calls.map((_, call) => `call_${turn}_${step}_${call}`);
      calls.forEach(({ tool = 'read_file', arguments: given = {} }, call) => {
        add(turn, step, { kind: 'tool_call', callId: ids[call] ?? '', tool, arguments: JSON.stringify(given) });
      });
      if (noted) add(turn, step, { kind: 'system', label: 'notice', text: 'noted', code: noted });
      calls.forEach(({ tool = 'read_file', status = 'ok', text: result = 'same', durationMs = 1 }, call) => {
        add(turn, step, { kind: 'tool_result', callId: ids[call] ?? '', tool, status, text: result, durationMs });
      });
    });
  };
  play(1, Array<Scene>(20).fill({ calls: [{ status: 'error' }], noted: 'model_reply_cut' }));
  play(2, scenes);
  return chunks;
};

const decideAt = (scenes: readonly Scene[], limits = turnLimits): Move =>
  decide({ transcript: transcriptOf(scenes), turn: 2, step: scenes.length + 1 }, limits);

const summaryOf = (move: Move): string => {
  if (move.kind === 'stop') return `stop ${move.body.code}`;
  return move.isLast ? `last ${move.offersTools}` : move.say ? `say ${move.say.code}` : 'ask';
};

/** Plays a turn as the activity does, telling the model what is decided: what was said and how it ended. */
const play = (scene: (step: number) => Scene, limits = turnLimits): { told: string[]; steps: number } => {
  const scenes: Scene[] = [];
  const told: string[] = [];
  for (;;) {
    const move = decideAt(scenes, limits);
    if (summaryOf(move) !== 'ask') told.push(`${scenes.length}: ${summaryOf(move)}`);
    if (move.kind === 'stop' || scenes.length > 300) return { told, steps: scenes.length };
    scenes.push({ ...(move.say?.code ? { said: move.say.code } : {}), ...scene(scenes.length + 1) });
  }
};

const same: Called = {};
const fresh = (step: number): Called => ({ arguments: { step } });

describe('the same calls again', () => {
  test('the model is told at four, and stopped at eight', () => {
    expect(play(() => ({ calls: [same] })).told).toEqual(['4: say calls_repeated', '8: stop calls_repeated']);
  });

  test('in one reply as well', () => {
    expect(play(() => ({ calls: [same, same, same] })).told).toEqual([
      '2: say calls_repeated',
      '3: stop calls_repeated',
    ]);
  });

  test('a loop over several calls is one too', () => {
    const loop = ['a', 'b', 'c'];
    const { told, steps } = play((step) => ({ calls: [{ tool: loop[step % 3] ?? '' }] }));
    expect(told.map((one) => one.split(': ')[1])).toEqual(['say calls_repeated', 'stop calls_repeated']);
    expect(steps).toBeLessThan(12);
  });

  test('arguments are equal whatever the order of their keys', () => {
    const swapped = (step: number) => (step % 2 ? { a: 1, b: { c: 2, d: 3 } } : { b: { d: 3, c: 2 }, a: 1 });
    expect(play((step) => ({ calls: [{ arguments: swapped(step) }] })).steps).toBe(8);
  });

  test('a call that gives something new each time has four times the patience', () => {
    const { told } = play((step) => ({ calls: [{ text: `${step} s` }] }));
    expect(told).toEqual(['16: say calls_repeated', '32: stop calls_repeated']);
  });

  test.each<[string, (step: number) => Scene]>([
    ['work between it', (step) => ({ calls: [same, fresh(step)] })],
    ['a test after each change', (step) => ({ calls: [step % 2 ? fresh(step) : same] })],
    ['a file that changes', (step) => ({ calls: [step % 2 ? { text: `${step}` } : fresh(step)] })],
  ])('is no loop: %s', (_, scene) => {
    const { told } = play(scene, { ...turnLimits, stepsPerTurn: 60 });
    expect(told).toEqual(['60: last true', '61: last false', '62: stop step_limit']);
  });

  test.each<[string, Called]>([
    ['asking for it', { tool: 'subagent_status', text: 'running' }],
    ['a command that waits before it looks', { tool: 'run_command', text: 'building', durationMs: 30_000 }],
  ])('waiting for something else is no loop before long: %s', (_, call) => {
    const { told } = play(() => ({ calls: [call] }));
    expect(told).toEqual(['16: say calls_repeated', '32: stop calls_repeated']);
  });
});

describe('failures in a row', () => {
  const failing = (step: number): Called => ({ arguments: { step }, status: 'error', text: 'no such file' });
  const differing = (step: number): Called => ({ arguments: { step }, status: 'error', text: `no file ${step}` });

  test('equal ones: the model is told at three, and stopped at six', () => {
    expect(play((step) => ({ calls: [failing(step)] })).told).toEqual([
      '3: say failures_repeated',
      '6: stop failures_repeated',
    ]);
  });

  test('of any kind: told at each eighth, and stopped at the thirty-second', () => {
    expect(play((step) => ({ calls: [differing(step)] })).told).toEqual([
      '8: say failures_repeated',
      '16: say failures_repeated',
      '24: say failures_repeated',
      '32: stop failures_repeated',
    ]);
  });

  test('a success clears them, and they are told again', () => {
    const scene = (step: number) => ({ calls: [step % 5 === 0 ? fresh(step) : failing(step)] });
    const { told } = play(scene, { ...turnLimits, stepsPerTurn: 12 });
    expect(told.slice(0, 2)).toEqual(['3: say failures_repeated', '8: say failures_repeated']);
    expect(told.at(-1)).toBe('14: stop step_limit');
  });

  test('a result that does not fit its schema: the agent ends after five, and the reason says where and what came last', () => {
    const text = 'Cannot take the result: it does not fit the schema:\n- result.a: must be string\nHand it in again.';
    const scene = (step: number): Scene => ({
      calls: [{ tool: 'submit_result', arguments: { result: { a: step } }, status: 'error', text }, fresh(step)],
    });
    const { steps } = play(scene);
    expect(steps).toBe(5);
    const move = decideAt([1, 2, 3, 4, 5].map(scene));
    expect(summaryOf(move)).toBe('stop result_refused');
    expect(move.kind === 'stop' && move.body.text).toMatch(
      /5 results were refused.*\{"result":\{"a":5\}\}.*result\.a: must be string/s,
    );
    expect(play(scene, { ...turnLimits, refusedResults: 2 }).steps).toBe(2);
  });
});

describe('replies that are no whole ones', () => {
  test.each(['model_reply_cut', 'model_reply_empty'])('%s: the model is asked on three times', (noted) => {
    expect(play(() => ({ noted, text: noted === 'model_reply_cut' ? 'The lock is' : '' })).told).toEqual([
      `1: say ${noted}`,
      `2: say ${noted}`,
      `3: say ${noted}`,
      `4: stop ${noted}`,
    ]);
  });

  test('none are asked for where the limit is 0', () => {
    expect(play(() => ({ noted: 'model_reply_cut', text: 'a' }), { ...turnLimits, continuations: 0 }).told).toEqual([
      '1: stop model_reply_cut',
    ]);
  });

  test('a whole one begins the count anew', () => {
    const scene = (step: number): Scene => (step % 4 ? { noted: 'model_reply_empty' } : { calls: [fresh(step)] });
    const { told } = play(scene, { ...turnLimits, stepsPerTurn: 12 });
    expect(told.filter((one) => one.endsWith('say model_reply_empty'))).toHaveLength(9);
  });

  test('calls that were cut are told by their results, and bounded as well', () => {
    const cut = { status: 'error' as const, text: 'The call did not run' };
    const { told } = play(() => ({ calls: [cut], noted: 'model_reply_cut' }));
    expect(told).toEqual(['3: say failures_repeated', '4: stop model_reply_cut']);
  });
});

test('a turn that has used its steps is asked for a summary, with the tools first, and then without', () => {
  const { told } = play((step) => ({ calls: [fresh(step)] }), { ...turnLimits, stepsPerTurn: 3 });
  expect(told).toEqual(['3: last true', '4: last false', '5: stop step_limit']);
});

test('whatever happened, the same transcript gives the same verdict, a turn ends, and requests extend each other', () => {
  const called = fc.record({
    tool: fc.constantFrom('a', 'b', 'submit_result'),
    arguments: fc.constantFrom({}, { n: 1 }),
    status: fc.constantFrom('ok' as const, 'error' as const),
    text: fc.constantFrom('x', 'y'),
  });
  const noted = fc.constantFrom(undefined, 'model_reply_cut', 'model_reply_empty');
  const scene: fc.Arbitrary<Scene> = fc.record(
    { calls: fc.array(called, { maxLength: 3 }), noted, text: fc.constantFrom('', 'Some text') },
    { requiredKeys: [] },
  );
  const limits = { ...turnLimits, stepsPerTurn: 20 };
  fc.assert(
    fc.property(fc.array(scene, { minLength: 1, maxLength: 8 }), (pattern) => {
      const scenes: Scene[] = [];
      let before: string[] = [];
      for (;;) {
        const move = decideAt(scenes, limits);
        expect(decideAt(scenes, limits)).toEqual(move);
        if (move.kind === 'stop') break;
        expect(scenes.length).toBeLessThan(22);
        const transcript = transcriptOf(scenes);
        const asked = move.say
          ? [
              ...transcript,
              { seq: transcript.length + 1, turn: 2, step: scenes.length + 1, ordinal: 0, body: move.say },
            ]
          : transcript;
        const messages = toRequest('be brief', asked).map((message) => JSON.stringify(message));
        expect(messages.slice(0, before.length).map((text) => text.replace(move.say?.text ?? '', 'told'))).toEqual(
          before.map((text) => text.replace(move.say?.text ?? '', 'told')),
        );
        before = toRequest('be brief', transcript).map((message) => JSON.stringify(message));
        scenes.push({ ...(move.say?.code ? { said: move.say.code } : {}), ...pattern[scenes.length % pattern.length] });
      }
    }),
    { numRuns: 100 },
  );
});
