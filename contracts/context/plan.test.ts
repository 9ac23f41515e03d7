import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlacedChunk } from '../chunks.ts';
import type { Epoch } from './epoch.ts';
import { planContext } from './plan.ts';
import { clearedText, project } from './project.ts';
import { defaultContext } from './settings.ts';
import { chunkUnits } from './steps.ts';

const user = (turn: number, length: number): Omit<PlacedChunk, 'seq'> => ({
  turn,
  step: 0,
  ordinal: 0,
  body: { kind: 'text', role: 'user', text: 'u'.repeat(length) },
});
const called = (turn: number, step: number, length: number): Omit<PlacedChunk, 'seq'>[] => [
  {
    turn,
    step,
    ordinal: 0,
    body: { kind: 'tool_call', callId: `c${turn}${step}`, tool: 'read_file', arguments: '{}' },
  },
  {
    turn,
    step,
    ordinal: 10_000,
    body: {
      kind: 'tool_result',
      callId: `c${turn}${step}`,
      tool: 'read_file',
      status: 'ok',
      text: 'r'.repeat(length),
      durationMs: 1,
    },
  },
];
const log = (...chunks: Omit<PlacedChunk, 'seq'>[]): PlacedChunk[] =>
  chunks.map((chunk, index) => ({ ...chunk, seq: index + 1 }));

const head = 500;
const unitsOfAll = (chunks: readonly PlacedChunk[]) => chunks.reduce((sum, chunk) => sum + chunkUnits(chunk), head);
type Made = Pick<Epoch, 'kind' | 'turn' | 'step' | 'failed' | 'made' | 'predicted' | 'summary'>;
const plan = (
  transcript: PlacedChunk[],
  given: { window?: number | null; epochs?: Made[]; refused?: number | null; reply?: number } = {},
) => {
  const epochs = given.epochs ?? [];
  const sent = project(transcript, epochs);
  const last = transcript.at(-1) ?? { turn: 1, step: 0 };
  const at = { turn: last.turn, step: last.step + 1 };
  const { window = 10_000, refused = null, reply = 0 } = given;
  const units = unitsOfAll(sent);
  return planContext({ sent, units, rate: 1, window, settings: defaultContext, reply, at, epochs, refused });
};
const failedAt = (turn: number, step: number, before: number): Made => ({
  kind: 'compact',
  turn,
  step: 0,
  failed: 'no',
  made: { turn, step },
  predicted: { before, after: before, reread: 0, cost: null },
  summary: null,
});

describe('planContext', () => {
  it('leaves alone what is below the high mark, or has no known window', () => {
    expect(plan(log(user(1, 20_000)))).toEqual({ kind: 'none' });
    expect(plan(log(user(1, 900_000)), { window: null })).toEqual({ kind: 'none' });
  });

  it('leaves out the oldest results, down to the low mark and no further', () => {
    const transcript = log(user(1, 100), ...called(1, 1, 12_000), ...called(1, 2, 12_000), ...called(1, 3, 7600));
    const made = plan(transcript);
    expect(made).toMatchObject({ kind: 'prune', turn: 1, step: 2, reason: 'mark' });
    const sent = project(transcript, [{ kind: 'prune', turn: 1, step: 2, summary: null, failed: null }]);
    const texts = sent.flatMap(({ body }) => (body.kind === 'tool_result' ? [body.text] : []));
    expect(texts.map((text) => text.startsWith('[The result'))).toEqual([true, true, false]);
    expect(texts[0]).toBe(clearedText({ tool: 'read_file', text: 'r'.repeat(12_000) }));
  });

  it('summarises where results are not what is long', () => {
    const made = plan(log(...[1, 2, 3, 4, 5].map((turn) => user(turn, 6200))));
    expect(made).toMatchObject({ kind: 'compact', turn: 4, step: 0, reason: 'mark' });
  });

  it('waits after a failure, and makes no more attempts at the mark after three', () => {
    const transcript = log(...[1, 2, 3, 4, 5].map((turn) => user(turn, 6200)));
    const before = Math.round(unitsOfAll(transcript));
    expect(plan(transcript, { epochs: [failedAt(5, 1, before)] })).toEqual({ kind: 'none' });
    const earlier = failedAt(4, 1, Math.round(before * 0.8));
    expect(plan(transcript, { epochs: [earlier] }).kind).toBe('compact');
    expect(plan(transcript, { epochs: [earlier, earlier, earlier] })).toEqual({ kind: 'none' });
  });

  it('a prune that came to nothing puts no compaction off', () => {
    const transcript = log(...[1, 2, 3, 4, 5].map((turn) => user(turn, 6200)));
    const before = Math.round(unitsOfAll(transcript));
    const pruned: Made = { ...failedAt(5, 1, before), kind: 'prune' };
    expect(plan(transcript, { epochs: [pruned, pruned, pruned] }).kind).toBe('compact');
  });

  it('keeps free what the request asks for as the most of its reply', () => {
    const transcript = log(...[1, 2, 3, 4].map((turn) => user(turn, 6200)));
    expect(plan(transcript)).toEqual({ kind: 'none' });
    expect(plan(transcript, { reply: 4000 })).toMatchObject({ kind: 'compact', reason: 'window' });
    // More than half of the window cannot be kept: then the provider says what it takes.
    expect(plan(log(user(1, 17_000)), { reply: 10_000 })).toEqual({ kind: 'none' });
  });

  it('shortens what was refused, wherever the marks are', () => {
    const transcript = log(user(1, 100), ...called(1, 1, 6000), ...called(1, 2, 6000), user(2, 100));
    const refused = unitsOfAll(transcript);
    expect(plan(transcript)).toEqual({ kind: 'none' });
    expect(plan(transcript, { refused, window: null })).toMatchObject({ kind: 'prune', reason: 'overflow' });
  });

  it('leaves out even the newest result where nothing else helps, and says when nothing does', () => {
    const huge = log(user(1, 100), ...called(1, 1, 60_000));
    expect(plan(huge)).toMatchObject({ kind: 'prune', turn: 1, step: 1, reason: 'window' });
    expect(plan(log(user(1, 80_000)))).toMatchObject({ kind: 'stuck' });
    const close = log(user(1, 40_000));
    expect(plan(close)).toEqual({ kind: 'none' });
    expect(plan(close, { refused: unitsOfAll(close) }).kind).toBe('stuck');
  });

  it('always ends: each epoch makes the request shorter, or is the last', () => {
    const Step = fc.tuple(fc.boolean(), fc.nat(20_000));
    fc.assert(
      fc.property(
        fc.array(Step, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 2000, max: 20_000 }),
        fc.boolean(),
        (steps, window, fails) => {
          const transcript = log(
            user(1, 100),
            ...steps.flatMap(([isCall, length], index) =>
              isCall ? called(index + 1, 1, length) : [user(index + 1, length)],
            ),
          );
          const epochs: Made[] = [];
          const last = transcript.at(-1) ?? { turn: 1, step: 0 };
          const made = { turn: last.turn, step: last.step + 1 };
          for (let count = 0; ; count++) {
            expect(count).toBeLessThan(40);
            const next = plan(transcript, { window, epochs });
            if (next.kind === 'none' || next.kind === 'stuck') break;
            const before = unitsOfAll(project(transcript, epochs));
            const failed = fails && next.kind === 'compact' ? 'no' : null;
            const predicted = { before: Math.round(before), after: 0, reread: 0, cost: null };
            epochs.push({
              kind: next.kind,
              turn: next.turn,
              step: next.step,
              failed,
              made,
              predicted,
              summary: 's'.repeat(400),
            });
            if (failed === null) expect(unitsOfAll(project(transcript, epochs))).toBeLessThan(before);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
