import { describe, expect, test } from 'vitest';
import { EverturnError } from '../../contracts/errors.ts';
import type { StoredMark } from '../../store/keys.ts';
import type { ModelFailure } from '../../store/requests.ts';
import { type Known, placeIn, restOf } from './chain.ts';

const client = (name: string, key = name) => ({ name, key: { name: key, fingerprint: 'f' } });
const clients = [client('a'), client('b'), client('c')];

const mark = (key: string, changes: Partial<StoredMark> = {}): StoredMark => ({
  key,
  fingerprint: 'f',
  model: null,
  reason: 'rate_limit',
  code: 'model_rate_limited',
  status: 429,
  asked: key,
  said: 'HTTP 429',
  isTold: true,
  failures: 1,
  since: '2026-01-01T00:00:00.000Z',
  until: '2026-01-01T00:01:00.000Z',
  leftMs: 60_000,
  ...changes,
});
const failure = (model: string, changes: Partial<ModelFailure> = {}): ModelFailure => ({
  step: 1,
  model,
  givenUp: true,
  isMarked: false,
  message: 'long',
  said: 'HTTP 503',
  code: null,
  ...changes,
});
type Changed = Partial<Pick<Known, 'failures' | 'marks' | 'previous' | 'model'>>;
const context = (changed: Changed): Known => ({
  definition: null,
  failures: [],
  marks: [],
  model: 'a',
  previous: null,
  ...changed,
});
const previous = (model: string, turn = 1, isFallback = true): Known['previous'] => ({ model, turn, isFallback });
const at = { turn: 1, step: 1 };
const chosen = (known: Changed, of = clients, place = at) => placeIn(context(known), of, place).model;

describe('the model that is asked', () => {
  test.each<[string, Changed, string | null]>([
    ['the first', {}, 'a'],
    ['the next where its key rests', { marks: [mark('a')] }, 'b'],
    ['the first again when the time has passed', { marks: [mark('a', { leftMs: 0 })] }, 'a'],
    ['the first where the mark is of another secret', { marks: [mark('a', { fingerprint: 'other' })] }, 'a'],
    ['the first where the mark is of another model', { marks: [mark('a', { model: 'z' })] }, 'a'],
    ['the next where it was given up in this turn', { failures: [failure('a')] }, 'b'],
    ['the first after failures that did not give it up', { failures: [failure('a', { givenUp: false })] }, 'a'],
    ['none where all rest', { marks: ['a', 'b', 'c'].map((key) => mark(key)) }, null],
    [
      'the one that answered in this turn, although the first is back',
      { failures: [failure('a', { isMarked: true })], previous: previous('b') },
      'b',
    ],
    ['the first in the next turn', { previous: previous('b', 0) }, 'a'],
    ['the one the session was given before the order of the file', { model: 'c' }, 'c'],
  ])('is %s', (_, known, model) => expect(chosen(known)).toBe(model));

  test('is passed over with every model of the same key', () => {
    expect(chosen({ marks: [mark('k')] }, [client('a', 'k'), client('b', 'k'), client('c')])).toBe('c');
    expect(chosen({ marks: [mark('k', { model: 'a' })] }, [client('a', 'k'), client('b', 'k')])).toBe('b');
  });

  test('is the only one, refused before, where there is no other key; once', () => {
    const only = [client('a', 'k'), client('b', 'k')];
    const marks = [mark('k', { reason: 'unauthorized' })];
    expect(chosen({ marks }, only)).toBe('a');
    expect(chosen({ marks, failures: [failure('a', { isMarked: true })] }, only)).toBe('b');
    expect(chosen({ marks, failures: ['a', 'b'].map((name) => failure(name, { isMarked: true })) }, only)).toBeNull();
    expect(chosen({ marks }, clients.slice(0, 1))).not.toBeNull();
  });
});

describe('notices', () => {
  const texts = (known: Changed, place = at) =>
    placeIn(context(known), clients, place).notices.map(({ label, text }) => `${label}: ${text}`);
  const toB = 'model-changed: The session continues with the model "b", with the key "b".';

  test('give the reason for each model that is passed over, then the one that answers', () => {
    expect(texts({ marks: [mark('a')], failures: [failure('b')] })).toEqual([
      'notice: The key "a" is not asked until 2026-01-01 00:01:00 UTC, because too many requests: the model "a" answered HTTP 429.',
      'notice: The model "b" with the key "b" is not asked again in this turn: HTTP 503.',
      'model-changed: The session continues with the model "c", with the key "c".',
    ]);
  });

  test('are not repeated while the same model answers', () => {
    expect(texts({ marks: [mark('a')], previous: previous('b') })).toEqual([]);
    expect(texts({ marks: [mark('a')], previous: previous('b', 0) }, { turn: 2, step: 1 })).toEqual([]);
  });

  test('say a new failure of a better model even then', () => {
    const known = { marks: [mark('a')], failures: [failure('a', { isMarked: true })], previous: previous('b', 0) };
    expect(texts(known)).toEqual([expect.stringMatching(/^notice: The key "a"/)]);
  });

  test('say only what is new at a second change', () => {
    const known = { marks: [mark('a'), mark('b')], previous: previous('b', 0) };
    expect(texts(known)).toEqual([
      expect.stringMatching(/^notice: The key "b"/),
      'model-changed: The session continues with the model "c", with the key "c".',
    ]);
  });

  test('say that a key is back, and that a model is gone from the file; a choice of a person says itself', () => {
    expect(texts({ previous: previous('b', 0) })).toEqual([
      'model-changed: The key "a" is asked again: the session continues with the model "a", with the key "a".',
    ]);
    expect(texts({ previous: previous('gone', 0, false) })).toEqual([
      'model-changed: everturn.yaml no longer names the model "gone": the session continues with the model "a", with the key "a".',
    ]);
    expect(texts({ model: 'b', previous: previous('a', 0, false) })).toEqual([]);
  });

  test('are in the order of the change', () => {
    expect(texts({ marks: [mark('a')] }).at(-1)).toBe(toB);
  });
});

describe('when no model can be asked', () => {
  const limits = { allKeysMarked: 'wait', waitSeconds: 100 } as const;
  const rest = (
    known: Changed,
    of: Parameters<typeof restOf>[1] = limits,
    restedMs = 0,
    error: EverturnError | null = null,
  ) => restOf(placeIn(context(known), clients, at), of, restedMs, error);
  const all = [mark('a', { leftMs: 90_000 }), mark('b', { leftMs: 30_000 }), mark('c', { leftMs: 50_000 })];

  test('the step waits for the first key that comes back', () => {
    expect(rest({ marks: all })).toMatchObject({ forMs: 30_000, mark: { key: 'b' } });
  });

  test('not for one that does not come back by itself', () => {
    const marks = [
      mark('a', { reason: 'payment', leftMs: 1000 }),
      mark('b'),
      mark('c', { reason: 'quota', isTold: false }),
    ];
    expect(rest({ marks })).toMatchObject({ mark: { key: 'b' } });
  });

  test('for no longer than limits.waitSeconds in all', () => {
    expect(rest({ marks: all }, limits, 70_000)).toMatchObject({ forMs: 30_000 });
    expect(rest({ marks: all }, limits, 70_001)).toMatchObject({
      error: { message: expect.stringContaining('longer than limits.waitSeconds (100)') },
    });
  });

  test('it fails where the configuration says so, with the reason of each model', () => {
    const failed = rest({ marks: all }, { ...limits, allKeysMarked: 'fail' });
    expect(failed).toMatchObject({ error: { code: 'model_keys_marked' } });
    const { message } = (failed as { error: EverturnError }).error;
    expect(message).toMatch(/"a" with the key "a": HTTP 429, marked until .*"b" with.*"c" with/);
  });

  test('a chain of one fails with its own error', () => {
    const error = new EverturnError('model_unauthorized', 'Asking failed');
    const place = placeIn(context({ failures: [failure('a')] }), clients.slice(0, 1), at);
    expect(restOf(place, limits, 0, error)).toEqual({ error });
  });

  test('an attempt that was killed before it answered leaves the error to the next, which fails by it', () => {
    const place = (failures: ModelFailure[], of = clients) => placeIn(context({ failures }), of, at);
    const one = failure('a', { code: 'model_refused', message: 'Asking failed: refused' });
    expect(restOf(place([one], clients.slice(0, 1)), limits, 0, null)).toMatchObject({
      error: { code: 'model_refused', message: 'Asking failed: refused' },
    });
    const all = [
      failure('a', { step: at.step - 1, code: 'model_unauthorized' }),
      failure('b', { code: 'model_timeout' }),
      failure('c', { code: 'model_refused' }),
    ];
    expect(restOf(place(all), limits, 0, null)).toMatchObject({ error: { code: 'model_refused' } });
  });
});
