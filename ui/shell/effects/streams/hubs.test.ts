import { expect, test, vi } from 'vitest';
import { createHubs } from './hubs.ts';
import type { ToHub, ToPage } from './wire.ts';

const eventually = <T>(read: () => T) => vi.waitFor(read, { timeout: 60_000, interval: 2 });

/** Connections that stand, and what was asked of each. */
const openAll = () => {
  const asked: { token: string | null; follow: readonly string[] }[] = [];
  const writers: ReadableStreamDefaultController<Uint8Array>[] = [];
  return {
    asked,
    write: (text: string) => writers.at(-1)?.enqueue(new TextEncoder().encode(text)),
    open: (token: string | null) => async (follow: readonly string[]) => {
      asked.push({ token, follow });
      return new ReadableStream<Uint8Array>({ start: (controller) => void writers.push(controller) });
    },
  };
};

const page = (hubs: ReturnType<typeof createHubs>) => {
  const news: ToPage[] = [];
  const send = hubs.connect((one) => news.push(one));
  return { news, send: (...messages: ToHub[]) => messages.forEach(send) };
};
const follow = (key: number, stream: string, after?: number): ToHub => ({
  type: 'follow',
  key,
  place: { stream, after },
});

test('pages with one token share a connection, and each gets what it follows by its own number', async () => {
  const api = openAll();
  const hubs = createHubs({ open: api.open });
  const [a, b, other] = [page(hubs), page(hubs), page(hubs)];
  a.send({ type: 'begin', token: 't' }, follow(1, 'session/a', 4));
  b.send({ type: 'begin', token: 't' }, follow(7, 'session/a', 4), follow(8, 'run/b', 0));
  other.send({ type: 'begin', token: null });
  await eventually(() =>
    expect(api.asked.toSorted((x, y) => x.follow.length - y.follow.length)).toEqual([
      { token: null, follow: [] },
      { token: 't', follow: ['session/a@4', 'run/b@0'] },
    ]),
  );
  a.send({ type: 'end' });
  b.send({ type: 'leave', key: 8 });
  await eventually(() => expect(api.asked.at(-1)).toEqual({ token: 't', follow: ['session/a@4'] }));
  await eventually(() =>
    expect(b.news.filter(({ type }) => type === 'link').at(-1)).toMatchObject({ link: { state: 'live' } }),
  );
  api.write('event: place\ndata: 0\n\nid: 5\nevent: event\ndata: {}\n\n');
  const message = { type: 'message', key: 7, message: { event: 'event', position: 5, data: '{}' } };
  await eventually(() => expect(b.news).toContainEqual(message));
  expect(a.news.some(({ type }) => type === 'message')).toBe(false);
  for (const one of [b, other]) one.send({ type: 'end' });
});

test('a silent page is dropped, and learns of it with its next message', async () => {
  const api = openAll();
  const hubs = createHubs({ open: api.open, goneAfterMs: 300 });
  const [frozen, awake] = [page(hubs), page(hubs)];
  frozen.send({ type: 'begin', token: 't' }, follow(1, 'session/a'));
  awake.send({ type: 'begin', token: 't' });
  const beat = setInterval(() => awake.send({ type: 'ping' }), 20);
  await eventually(() => expect(api.asked.at(-1)?.follow).toEqual(['session/a']));
  await eventually(() => expect(api.asked.at(-1)?.follow).toEqual([]));
  clearInterval(beat);
  expect(awake.news.some(({ type }) => type === 'forgotten')).toBe(false);
  frozen.send({ type: 'ping' });
  expect(frozen.news.at(-1)).toEqual({ type: 'forgotten' });
  awake.send({ type: 'end' });
});
