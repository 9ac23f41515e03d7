import { describe, expect, it } from 'vitest';
import type { ChunkBody, PlacedChunk } from '../chunks.ts';
import { preview } from './preview.ts';

const chunk = (seq: number, body: ChunkBody): PlacedChunk => ({ seq, turn: seq, step: 0, ordinal: 0, body });
const said = (seq: number, length: number) =>
  chunk(seq, { kind: 'text', role: 'user', text: 'word '.repeat(length / 5) });
const result = (seq: number, length: number) =>
  chunk(seq, {
    kind: 'tool_result',
    callId: 'c',
    tool: 'read_file',
    status: 'ok',
    text: 'r'.repeat(length),
    durationMs: 1,
  });
const last = {
  turn: 4,
  step: 1,
  units: 30_000,
  window: 32_000,
  price: 1,
  rates: { input: 2, output: 10 },
  usage: { input: 15_000 },
};
const sent = [said(1, 40_000), result(2, 40_000), said(3, 20_000)];

describe('what an epoch would cost', () => {
  it('of a compaction: the summary is read again, and writing it reads what it summarises', () => {
    const { before, after, reread, cost, writing } = preview({ kind: 'compact', sent, last, epochs: [] });
    expect(before).toBe(15_000);
    expect(after).toBeLessThan(before / 2);
    expect(reread).toBeLessThanOrEqual(4000);
    expect(cost).toBeCloseTo(reread / 1_000_000, 9);
    // Long texts are clipped to 8,000 characters, results to 2,000; half a token for a unit.
    expect(writing?.input).toBeGreaterThan((8000 + 2000 + 8000) / 4 / 2);
    expect(writing?.input).toBeLessThan(3000);
    expect(writing?.cost).toBeCloseTo(((writing?.input ?? 0) * 2 + (writing?.output ?? 0) * 10) / 1_000_000, 9);
  });

  it('of a prune: no model is asked, and what is before the first result stays in the cache', () => {
    const { before, after, reread, writing } = preview({ kind: 'prune', sent, last, epochs: [] });
    expect(before - after).toBeGreaterThan(4500);
    expect(reread).toBeLessThan(3500);
    expect(writing).toBeUndefined();
  });

  it('is without money where no price is known, and a guess before the first request', () => {
    expect(preview({ kind: 'compact', sent, last: { ...last, price: null, rates: null }, epochs: [] })).toMatchObject({
      cost: null,
      writing: { cost: null },
    });
    const { before } = preview({ kind: 'compact', sent, last: undefined, epochs: [] });
    expect(before).toBeGreaterThan(25_000);
  });

  it('counts what came after the last request, and starts from an epoch that no request has had yet', () => {
    const reply = { ...said(4, 8000), step: 1 };
    const { before } = preview({ kind: 'compact', sent: [...sent, reply], last, epochs: [] });
    expect(before).toBeGreaterThan(15_900);
    const epoch = {
      failed: null,
      isStamped: false,
      made: { turn: 5, step: 1 },
      predicted: { before: 15_000, after: 6000, reread: 10, cost: null },
    };
    const short = { sent: [said(6, 1000)], last, kind: 'compact' } as const;
    expect(preview({ ...short, epochs: [epoch] }).before).toBeCloseTo(6000 + 1000 / 4 / 2, -2);
    expect(preview({ ...short, epochs: [{ ...epoch, isStamped: true }] }).before).toBeGreaterThan(15_000);
  });
});
