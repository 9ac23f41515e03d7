import { expect, test } from 'vitest';
import type { Span } from '../../../contracts/api.ts';
import type { StreamEvent } from '../../../contracts/events.ts';
import { noUsage } from '../../../contracts/usage.ts';
import { reduce, type SessionView } from '../../../contracts/view.ts';
import { type Block, withCuts } from './blocks.ts';
import { cutsOf } from './durability.ts';
import { follow, type Superseded } from './superseded.ts';
import { createTurnModels } from './turns.ts';

const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();

const span = (fields: Partial<Span>, from: number, to: number): Span => ({
  id: `${fields.turn}/${fields.step}/${fields.call}/${fields.attempt}`,
  turn: 1,
  step: 1,
  call: null,
  kind: 'model',
  name: 'm',
  attempt: 1,
  status: 'ok',
  startedAt: at(from),
  endedAt: at(to),
  attributes: {},
  ...fields,
});

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
const place = { turn: 1, step: 1 };

const watch = (events: readonly StreamEvent[]): { view: SessionView; superseded: Superseded[] } => {
  let view = empty;
  const superseded: Superseded[] = [];
  for (const event of events) {
    const followed = follow(view, event);
    view = followed.view;
    superseded.push(...followed.superseded);
  }
  return { view, superseded };
};

test('what a lost attempt had written stays before the next one, also when that is sealed and its span is read', () => {
  const events = [
    { type: 'turn.started' as const, turn: 1, messageId: 'm', startedAt: at(0), chunks: [] },
    { type: 'step.started' as const, ...place, fence: 1, model: 'm' },
    { type: 'delta' as const, ...place, fence: 1, parts: [{ ordinal: 0, kind: 'text' as const, text: 'Half a wo' }] },
    { type: 'step.started' as const, ...place, fence: 2, model: 'm' },
    { type: 'delta' as const, ...place, fence: 2, parts: [{ ordinal: 0, kind: 'text' as const, text: 'Whole' }] },
  ];
  const { view, superseded } = watch(events.map((event, index) => ({ position: index + 1, at: at(index * 2), event })));
  const blocks = createTurnModels()(view, superseded)[0]?.blocks ?? [];
  expect(blocks.map(({ kind }) => kind)).toEqual(['cut', 'text']);
  expect(blocks[0]).toMatchObject({ text: 'Half a wo', ms: 4000, attempt: 1, code: null });

  const body = { kind: 'text' as const, role: 'assistant' as const, text: 'Whole' };
  const sealed = {
    type: 'step.sealed' as const,
    ...place,
    chunks: [{ seq: 1, ...place, ordinal: 0, at: at(9), body }],
  };
  const ended = reduce(view, { position: 6, at: at(9), event: sealed });
  const after = createTurnModels()(ended, superseded)[0]?.blocks ?? [];
  const cuts = cutsOf([span({ status: 'interrupted' }, 2, 6)]);
  expect(withCuts(after, cuts).filter(({ kind }) => kind === 'cut')).toEqual([{ ...blocks[0], ms: 4000 }]);
});

test('an attempt that failed and was sent again is not a crash', () => {
  const waits = { until: at(9), code: 'model_rate_limited', isAsked: false };
  const events = [
    { type: 'step.started' as const, ...place, fence: 1, model: 'm' },
    { type: 'step.waiting' as const, ...place, fence: 1, ...waits },
    { type: 'step.started' as const, ...place, fence: 2, model: 'm' },
  ];
  const { superseded } = watch(events.map((event, index) => ({ position: index + 1, at: at(index), event })));
  expect(superseded).toMatchObject([{ code: 'model_rate_limited', fence: 1 }]);
});

test('a cut stands before its tool, or at the end while nothing of the next attempt is there', () => {
  const tool = { kind: 'tool', key: '1/1', step: 1, call: 0 } as unknown as Block;
  const text: Block = { kind: 'text', key: '1/0', text: 'a', streaming: false };
  const cut = (step: number, call: number | null) => cutsOf([span({ step, call, status: 'interrupted' }, 0, 1)]);
  expect(withCuts([text, tool], cut(1, 0)).map(({ kind }) => kind)).toEqual(['text', 'cut', 'tool']);
  expect(withCuts([text, tool], cut(2, null)).map(({ kind }) => kind)).toEqual(['text', 'tool', 'cut']);
});
