import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { createApiClient } from './api.ts';
import type { ConnectionState } from './connection.ts';
import { tailSession, watchLists } from './tail.ts';
import { serve, type TestServer } from './testing/server.ts';
import { answerStream, eventAt, type Plan, type Served, snapshotAt } from './testing/stream.ts';

const quick = { firstRetryMs: 1, lastRetryMs: 4, deadAfterMs: 5_000 };
const open: TestServer[] = [];
const started = async (answer: Parameters<typeof serve>[0]): Promise<TestServer> => {
  const server = await serve(answer);
  open.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** Follows until the last event of the plan was seen. */
const follow = async (url: string, plan: Plan, after?: number) => {
  const stop = new AbortController();
  const positions: number[] = [];
  const texts: string[] = [];
  const snapshots: number[] = [];
  await tailSession(createApiClient({ baseUrl: url, token: 't' }), 's1', {
    ...(after === undefined ? {} : { after }),
    signal: stop.signal,
    timing: quick,
    onSnapshot: ({ view }) => snapshots.push(view.position),
    onEvent: ({ position, event }) => {
      positions.push(position);
      if (event.type === 'message.accepted') texts.push(event.text);
      if (position === plan.end) stop.abort();
    },
  });
  return { positions, texts, snapshots };
};

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('tailing a session', () => {
  test('loses and repeats nothing when connections are cut at any byte and the server repeats events', async () => {
    const plans = fc.record({
      snapshot: fc.nat({ max: 5 }),
      end: fc.integer({ min: 6, max: 25 }),
      cuts: fc.array(fc.nat({ max: 4_000 }), { maxLength: 8 }),
      repeat: fc.nat({ max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const served: Served = { lastEventIds: [] };
        const server = await serve((request, response) => answerStream(plan, served, request, response));
        try {
          const { positions, texts, snapshots } = await follow(server.url, plan);
          expect(snapshots).toEqual([plan.snapshot]);
          expect(positions).toEqual(range(plan.snapshot + 1, plan.end));
          expect(texts).toEqual(
            positions.map((position) => {
              const { event } = eventAt(position);
              return event.type === 'message.accepted' ? event.text : '';
            }),
          );
        } finally {
          await server.close();
        }
      }),
      { numRuns: 60 },
    );
  });

  test('begins after a known position without a snapshot', async () => {
    const plan: Plan = { snapshot: 0, end: 9, cuts: [] };
    const served: Served = { lastEventIds: [] };
    const server = await started((request, response) => answerStream(plan, served, request, response));
    expect(await follow(server.url, plan, 4)).toMatchObject({ positions: range(5, 9), snapshots: [] });
    expect(served.lastEventIds).toEqual(['4']);
  });

  test('a silent connection counts as dead and is replaced', async () => {
    let connections = 0;
    const server = await started((_, response) => {
      connections += 1;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const position = connections;
      response.write(
        connections === 1
          ? `event: snapshot\nid: 1\ndata: ${JSON.stringify(snapshotAt(1))}\n\n`
          : `event: event\nid: ${position}\ndata: ${JSON.stringify(eventAt(position))}\n\n`,
      );
    });
    const stop = new AbortController();
    const reasons: string[] = [];
    await tailSession(createApiClient({ baseUrl: server.url, token: 't' }), 's1', {
      signal: stop.signal,
      timing: { ...quick, deadAfterMs: 60 },
      onSnapshot: () => {},
      onEvent: () => stop.abort(),
      onState: (_, { error }) => error && reasons.push(error.message),
    });
    expect(connections).toBe(2);
    expect(reasons[0]).toContain('sent nothing');
  });

  test('keeps trying while nobody listens, and says why', async () => {
    const plan: Plan = { snapshot: 1, end: 3, cuts: [] };
    const gone = await serve(() => {});
    const port = Number(new URL(gone.url).port);
    await gone.close();
    const states: string[] = [];
    const served: Served = { lastEventIds: [] };
    const stop = new AbortController();
    let restarted: Promise<TestServer> | undefined;
    await tailSession(createApiClient({ baseUrl: gone.url, token: 't' }), 's1', {
      signal: stop.signal,
      timing: quick,
      onSnapshot: () => {},
      onEvent: ({ position }) => position === plan.end && stop.abort(),
      onState: (state, { error }) => {
        states.push(error ? `${state} ${error.code}` : state);
        if (states.length === 4)
          restarted = serve((request, response) => answerStream(plan, served, request, response), port);
      },
    });
    await (await restarted)?.close();
    expect(states.slice(0, 4)).toEqual(['connecting', 'retrying not_running', 'connecting', 'retrying not_running']);
    expect(states.at(-1)).toBe('live');
  });

  test.each([
    [401, 'unauthorized'],
    [404, 'session_not_found'],
  ])('a refusal with %i ends it', async (status, code) => {
    const server = await started((_, response) => {
      response.writeHead(status, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ type: 'about:blank', title: code, status, detail: 'No', code, retryable: false }));
    });
    const states: ConnectionState[] = [];
    const tail = tailSession(createApiClient({ baseUrl: server.url, token: 'wrong' }), 's1', {
      timing: quick,
      onSnapshot: () => {},
      onEvent: () => {},
      onState: (state) => states.push(state),
    });
    await expect(tail).rejects.toMatchObject({ code, message: 'No' });
    expect(states).toEqual(['connecting', 'failed']);
  });

  test('an exception of a callback ends it instead of being retried', async () => {
    const plan: Plan = { snapshot: 1, end: 3, cuts: [] };
    const server = await started((request, response) => answerStream(plan, { lastEventIds: [] }, request, response));
    const tail = tailSession(createApiClient({ baseUrl: server.url, token: 't' }), 's1', {
      timing: quick,
      onSnapshot: () => {},
      onEvent: () => {
        throw new Error('my own');
      },
    });
    await expect(tail).rejects.toThrow('my own');
  });

  test('an event that breaks its contract is named, not retried for ever', async () => {
    const server = await started((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('event: event\nid: 1\ndata: {"position":1,"at":"now","event":{}}\n\n');
    });
    const tail = tailSession(createApiClient({ baseUrl: server.url, token: 't' }), 's1', {
      after: 0,
      timing: quick,
      onSnapshot: () => {},
      onEvent: () => {},
    });
    await expect(tail).rejects.toThrow(/does not fit its contract at/);
  });
});

test('watching the lists reports a reload after each connection and each change', async () => {
  let connections = 0;
  const server = await started((_, response) => {
    connections += 1;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (connections === 1) response.write(': hello\n\n', () => response.destroy());
    else response.write('event: changed\ndata: {"sessionId":null}\n\nevent: changed\ndata: {"sessionId":"s9"}\n\n');
  });
  const stop = new AbortController();
  const changes: (string | null)[] = [];
  await watchLists(createApiClient({ baseUrl: server.url, token: 't' }), {
    signal: stop.signal,
    timing: quick,
    onChange: (sessionId) => {
      changes.push(sessionId);
      if (sessionId !== null) stop.abort();
    },
  });
  expect(changes).toEqual([null, null, null, 's9']);
});
