import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createSseParser, type SseMessage } from '../../client/sse.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { sessionOfStream, streamOfSession } from '../../contracts/ids.ts';
import { placeText } from '../../contracts/place.ts';
import { openStore, type Store } from '../../store/store.ts';
import { createListener, type Listener } from '../../store/wakeups.ts';
import { type Begun, beginStep, deltaOf } from '../../test/support/begun.ts';
import { createTestDatabase } from '../../test/support/database.ts';
import { until } from '../../test/support/until.ts';
import type { Followed } from './follow.ts';
import { createStreamReader, type StreamReader } from './reader.ts';
import { SeveralQuery, sendSeveral } from './several.ts';

let store: Store;
let listener: Listener;
let reader: StreamReader;
beforeAll(async () => {
  store = openStore({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 5000 });
  listener = createListener(store.database);
  reader = createStreamReader(store.streams, listener);
});
afterAll(async () => {
  reader.close();
  await listener.close();
  await store.close();
});

const find = async (stream: string): Promise<Followed> => {
  const id = sessionOfStream(stream) ?? '';
  if (id === 'missing') throw new EverturnError('session_not_found', 'There is no session missing');
  if (id === 'away') throw new EverturnError('database_unavailable', 'Postgres is away');
  return { stream, snapshot: async () => ({ position: await reader.position(stream), data: { whole: id } }) };
};

/** What a viewer reads of one connection, by stream. */
const open = (follow: readonly string[]) => {
  const response = new PassThrough();
  const closed = new AbortController();
  const read = follow.map((): SseMessage[] => []);
  const parser = createSseParser();
  let place = -1;
  response.setEncoding('utf8').on('data', (text: string) => {
    for (const message of parser.push(text)) {
      if (message.event === 'place') place = Number(message.data);
      else read[place]?.push(message);
    }
  });
  async function* beside(): AsyncGenerator<string> {
    yield ': beside\n\n';
  }
  const query = SeveralQuery.parse({ follow });
  const ended = sendSeveral({ reader, response, find, beside: beside() }, query, closed);
  return { read, ended, closed, ids: (index: number) => read[index]?.map(({ id }) => Number(id)) ?? [] };
};

const upTo = (end: number): number[] => Array.from({ length: end }, (_, index) => index + 1);
const nameOf = ({ sessionId }: Begun): string => streamOfSession(sessionId);

test('20 streams, each from its own place, come once and in order while all of them grow', async () => {
  const attempts = await Promise.all(Array.from({ length: 20 }, () => beginStep(store)));
  const [first] = attempts;
  if (!first) throw new Error('20 were begun');
  const begun = await reader.position(nameOf(first));
  const viewer = open([
    nameOf(first),
    ...attempts.map((attempt, index) => placeText({ stream: nameOf(attempt), after: index % (begun + 1) })),
  ]);
  const batches = 20;
  for (let batch = 1; batch <= batches; batch += 1) {
    await store.deltas.append(attempts.map((attempt) => deltaOf(attempt, batch)));
    store.wakeAll(attempts.map(({ sessionId }) => sessionId));
  }
  const end = await reader.position(nameOf(first));
  await until('all to be at the end', () => viewer.read.every((_, index) => viewer.ids(index).at(-1) === end));
  const [snapshot] = viewer.read[0] ?? [];
  expect(snapshot).toMatchObject({ event: 'snapshot', data: JSON.stringify({ whole: first.sessionId }) });
  expect(viewer.ids(0)).toEqual(upTo(end).slice(Number(snapshot?.id) - 1));
  for (const index of attempts.keys()) expect(viewer.ids(index + 1)).toEqual(upTo(end).slice(index % (begun + 1)));
  viewer.closed.abort();
  await viewer.ended;
});

test('one that does not exist is refused alone, and a failure ends all', async () => {
  const attempt = await beginStep(store);
  const viewer = open([streamOfSession('missing'), placeText({ stream: nameOf(attempt), after: 0 })]);
  await until('the events', () => viewer.ids(1).length > 0);
  expect(viewer.read[0]).toMatchObject([{ event: 'refused' }]);
  expect(JSON.parse(viewer.read[0]?.[0]?.data ?? '')).toMatchObject({ code: 'session_not_found', status: 404 });
  viewer.closed.abort();
  await viewer.ended;

  const failing = open([nameOf(attempt), streamOfSession('away')]);
  await expect(failing.ended).rejects.toMatchObject({ code: 'database_unavailable' });
  expect(failing.closed.signal.aborted).toBe(true);
});

test.each(['session/', 'user/x', 'session/x@', 'session/x@-1', 'session/x@1@2', 'run/a/b'])(
  '"%s" is refused',
  (follow) => {
    expect(SeveralQuery.safeParse({ follow }).success).toBe(false);
  },
);
