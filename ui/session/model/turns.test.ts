import { describe, expect, test } from 'vitest';
import type { Chunk, ChunkBody } from '../../../contracts/chunks.ts';
import type { SessionEvent } from '../../../contracts/events.ts';
import { noUsage } from '../../../contracts/usage.ts';
import { reduce, type SessionView } from '../../../contracts/view.ts';
import { createTurnModels, type TurnModel } from './turns.ts';

const at = '2026-01-01T00:00:00.000Z';
const empty: SessionView = {
  position: 0,
  chunks: [],
  total: 0,
  usage: noUsage,
  turns: {},
  waiting: [],
  approvals: [],
  live: [],
};
let seq = 0;
const chunk = (turn: number, step: number, ordinal: number, body: ChunkBody): Chunk => {
  seq += 1;
  return { seq, turn, step, ordinal, at, body };
};
const call = (callId: string): ChunkBody => ({
  kind: 'tool_call',
  callId,
  tool: 'read_file',
  arguments: '{"path":"a"}',
});
const result = (callId: string): ChunkBody => ({
  kind: 'tool_result',
  callId,
  tool: 'read_file',
  status: 'ok',
  text: 'text',
  durationMs: 5,
});
const said = (text: string): ChunkBody => ({ kind: 'text', role: 'assistant', text });

const started = (turn: number): SessionEvent => ({
  type: 'turn.started',
  turn,
  messageId: `m${turn}`,
  startedAt: at,
  chunks: [chunk(turn, 0, 0, { kind: 'text', role: 'user', text: 'hello' })],
});
const play = (view: SessionView, ...events: SessionEvent[]): SessionView =>
  events.reduce((state, event) => reduce(state, { position: state.position + 1, at, event }), view);
const shapes = (turn: TurnModel | undefined) =>
  turn?.blocks.map((block) => (block.kind === 'tool' ? `tool ${block.state}` : block.kind));

const step1: SessionEvent = { type: 'step.started', turn: 1, step: 1, fence: 1, model: 'm' };
const delta = (ordinal: number, kind: 'text' | 'tool_call', text: string): SessionEvent => ({
  type: 'delta',
  turn: 1,
  step: 1,
  fence: 1,
  parts: [{ ordinal, kind, text, ...(kind === 'tool_call' ? { tool: 'read_file' } : {}) }],
});
const sealed = (): SessionEvent => ({
  type: 'step.sealed',
  turn: 1,
  step: 1,
  chunks: [chunk(1, 1, 0, said('I look')), chunk(1, 1, 1, call('a')), chunk(1, 1, 2, call('b'))],
});
const running = (index: number): SessionEvent => ({
  type: 'tool.started',
  turn: 1,
  step: 1,
  call: index,
  fence: 1,
  callId: 'x',
  tool: 'read_file',
});

describe('a turn while it happens', () => {
  test('shows each state of a reply and its calls, under the same keys', () => {
    const models = createTurnModels();
    let view = play(empty, started(1), step1);
    expect(shapes(models(view)[0])).toEqual(['waiting']);

    view = play(view, delta(0, 'text', 'I lo'), delta(1, 'tool_call', '{"pa'));
    const growing = models(view)[0];
    expect(shapes(growing)).toEqual(['text', 'tool writing']);

    view = play(view, sealed(), running(1));
    const whole = models(view)[0];
    expect(shapes(whole)).toEqual(['text', 'tool queued', 'tool running']);
    expect(whole?.blocks.slice(0, 2).map(({ key }) => key)).toEqual(growing?.blocks.map(({ key }) => key));

    view = play(view, { type: 'tool.sealed', turn: 1, step: 1, call: 1, chunks: [chunk(1, 1, 10_001, result('b'))] });
    expect(shapes(models(view)[0])).toEqual(['text', 'tool queued', 'tool ok']);
  });

  test('asks what a running call asks, and what no call asks', () => {
    const asked = (id: string, number: number): SessionEvent => ({
      type: 'approval.asked',
      approval: {
        id,
        sessionId: 's',
        turn: 1,
        step: 1,
        call: number,
        tool: 'read_file',
        arguments: '{}',
        argumentsHash: 'h',
        status: 'pending',
        decision: null,
        note: null,
        answeredBy: null,
        askedAt: at,
        answeredAt: null,
      },
    });
    const models = createTurnModels();
    const view = play(
      empty,
      started(1),
      step1,
      sealed(),
      running(1),
      asked('s/1/1/1/first', 1),
      asked('s/1/1/check', 7),
    );
    expect(shapes(models(view)[0])).toEqual(['text', 'tool queued', 'tool asking', 'tool asking']);
    expect(models(view)[0]?.blocks.flatMap((block) => (block.kind === 'tool' ? [block.approval?.id] : []))).toEqual([
      undefined,
      's/1/1/1/first',
      's/1/1/check',
    ]);
  });

  test('what the runtime says in a row is one block, before the reply it precedes and across steps', () => {
    const system = (text: string, isSaid?: true): ChunkBody => ({
      kind: 'system',
      label: 'notice',
      text,
      ...(isSaid ? { isSaid } : {}),
    });
    const step = (number: number, ...chunks: Chunk[]): SessionEvent => ({
      type: 'step.sealed',
      turn: 1,
      step: number,
      chunks,
    });
    const view = play(
      empty,
      started(1),
      step(1, chunk(1, 1, 0, said('The lock')), chunk(1, 1, 9500, system('cut'))),
      step(
        2,
        chunk(1, 2, 9000, system('go on', true)),
        chunk(1, 2, 9001, system('other model')),
        chunk(1, 2, 0, said(' is taken')),
      ),
    );
    const [turn] = createTurnModels()(view);
    expect(shapes(turn)).toEqual(['text', 'system', 'text', 'waiting']);
    expect(turn?.blocks[1]).toMatchObject({
      notes: [
        { text: 'cut', isSaid: false },
        { text: 'go on', isSaid: true },
        { text: 'other model', isSaid: false },
      ],
    });
  });

  test.each([
    ['cancelled', 'turn_cancelled', 'tool cancelled'],
    ['failed', 'model_timeout', 'tool lost'],
  ] as const)('a call without a result has none once the turn is over: %s', (status, code, shape) => {
    const view = play(empty, started(1), step1, sealed(), {
      type: 'turn.settled',
      turn: 1,
      status,
      code,
      durationMs: 3,
      chunks: [],
    });
    expect(shapes(createTurnModels()(view)[0])).toEqual(['text', shape, shape]);
  });

  test('between two operations it works', () => {
    const tool = (index: number, id: string): SessionEvent => ({
      type: 'tool.sealed',
      turn: 1,
      step: 1,
      call: index,
      chunks: [chunk(1, 1, 10_000 + index, result(id))],
    });
    const view = play(empty, started(1), step1, sealed(), tool(0, 'a'), tool(1, 'b'));
    expect(shapes(createTurnModels()(view)[0])).toEqual(['text', 'tool ok', 'tool ok', 'waiting']);
  });
});

test('only what changed is built again', () => {
  const models = createTurnModels();
  const one = play(empty, started(1), { ...step1 }, sealed());
  const two = play(one, started(2));
  const [first] = models(two);
  const grown = play(two, { type: 'step.started', turn: 2, step: 1, fence: 1, model: 'm' });
  expect(models(grown)[0]).toBe(first);
  expect(models(grown)[1]).not.toBe(models(two)[1]);
});

test('a turn cut by the border of a page shows a result without its call, then both when the page is there', () => {
  const models = createTurnModels();
  const whole = play(empty, started(1), step1, sealed(), {
    type: 'tool.sealed',
    turn: 1,
    step: 1,
    call: 0,
    chunks: [chunk(1, 1, 10_000, result('a'))],
  });
  const cut = { ...whole, chunks: whole.chunks.slice(-1) };
  expect(models(cut)[0]?.request).toBeNull();
  expect(models(cut)[0]?.blocks[0]).toMatchObject({ kind: 'tool', arguments: null, state: 'ok' });
  expect(models(whole)[0]?.request?.text).toBe('hello');
  expect(shapes(models(whole)[0])).toEqual(['text', 'tool ok', 'tool queued']);
});

test('a wait follows what was said so far, and goes with the next attempt', () => {
  const models = createTurnModels();
  const until = '2026-01-01T10:00:00.000Z';
  const wait: SessionEvent = {
    type: 'step.waiting',
    turn: 1,
    step: 1,
    fence: 1,
    until,
    code: 'model_timeout',
    isAsked: false,
  };
  const waiting = play(empty, started(1), step1, delta(0, 'text', 'I'), wait);
  expect(shapes(models(waiting)[0])).toEqual(['text', 'pause']);
  const next = play(waiting, { ...step1, fence: 2 } as SessionEvent);
  expect(shapes(models(next)[0])).toEqual(['waiting']);
  expect(models(play(next, wait))[0]).toBe(models(next)[0]);
});
