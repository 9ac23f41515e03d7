import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { EverturnError } from '../contracts/errors.ts';
import { createApiClient } from './api.ts';
import { createStreams, type Streams, type StreamsOptions } from './streams.ts';
import { type Answer, serve, type TestServer } from './testing/server.ts';
import { answerStreams, type StreamsPlan, type StreamsServed } from './testing/streams.ts';

const timing = { firstRetryMs: 1, lastRetryMs: 4, deadAfterMs: 5_000 };
const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((it) => it.close()));
});

const started = async (answer: Answer): Promise<TestServer> => {
  const server = await serve(answer);
  open.push(server);
  return server;
};

const streamsOf = (url: string, options: Partial<StreamsOptions> = {}): Streams => {
  const api = createApiClient({ baseUrl: url, token: 't' });
  const streams = createStreams({
    open: (follow, signal) => api.openChanges({ follow, signal }),
    onState: () => {},
    onSilence: () => {},
    onChange: () => {},
    timing,
    ...options,
  });
  open.push(streams);
  return streams;
};

/** What one subscriber saw. */
const subscribe = (streams: Streams, stream: string, after?: number) => {
  const seen = { stream, snapshots: [] as number[], positions: [] as number[], data: [] as string[], refused: '' };
  const end = streams.follow(
    { stream, after },
    {
      onMessage: ({ event, position, data }) => {
        (event === 'snapshot' ? seen.snapshots : seen.positions).push(position);
        if (event === 'event') seen.data.push(JSON.parse(data));
      },
      onRefused: ({ code }: EverturnError) => {
        seen.refused = code;
      },
    },
  );
  return Object.assign(seen, { leave: end });
};

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
const eventually = <T>(read: () => T) => vi.waitFor(read, { timeout: 60_000, interval: 2 });

describe('several streams over one connection', () => {
  test('lose and repeat nothing while connections are cut at any byte and others come and go', async () => {
    const names = ['session/a', 'session/b', 'run/c'];
    const stream = fc
      .record({ snapshot: fc.nat({ max: 5 }), more: fc.integer({ min: 1, max: 12 }) })
      .map(({ snapshot, more }) => ({ snapshot, end: snapshot + more }));
    const plans = fc.record({
      streams: fc.tuple(stream, stream, stream),
      cuts: fc.array(fc.nat({ max: 1_500 }), { maxLength: 6 }),
      /** Pages that open a stream; some leave at once. */
      pages: fc.array(fc.record({ name: fc.nat({ max: 2 }), stays: fc.boolean() }), { minLength: 1, maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(plans, async ({ streams: ends, cuts, pages }) => {
        const [a, b, c] = ends;
        const plan: StreamsPlan = { cuts, streams: { 'session/a': a, 'session/b': b, 'run/c': c } };
        const served: StreamsServed = { asked: [] };
        const server = await serve((request, response) => answerStreams(plan, served, request, response));
        const streams = streamsOf(server.url);
        try {
          const staying = [];
          for (const [index, { name, stays }] of pages.entries()) {
            const page = subscribe(streams, names[name] ?? '');
            if (stays) staying.push(page);
            // Half of the pages come while a connection is being made or read.
            if (index % 2 === 0) await eventually(() => expect(served.asked.length).toBeGreaterThan(0));
            if (!stays) page.leave();
          }
          for (const page of staying) {
            const { snapshot, end } = plan.streams[page.stream] ?? { snapshot: 0, end: 0 };
            await eventually(() => expect(page.positions.at(-1)).toBe(end));
            expect(page.positions).toEqual(range(snapshot + 1, end));
            expect(new Set(page.snapshots)).toEqual(new Set([snapshot]));
            expect(page.data).toEqual(page.positions.map((position) => `${page.stream} ${position}`));
          }
        } finally {
          streams.close();
          await server.close();
        }
      }),
      { numRuns: 60 },
    );
  });

  test('pages at the same place share a stream, and a new page resumes the others where they are', async () => {
    const plan: StreamsPlan = { cuts: [], streams: { 'session/a': { snapshot: 3, end: 9 } } };
    const served: StreamsServed = { asked: [] };
    const server = await started((request, response) => answerStreams(plan, served, request, response));
    const streams = streamsOf(server.url);
    const pages = [subscribe(streams, 'session/a'), subscribe(streams, 'session/a')];
    await eventually(() => expect(pages.map(({ positions }) => positions)).toEqual([range(4, 9), range(4, 9)]));
    const late = subscribe(streams, 'session/a', 7);
    await eventually(() => expect(late.positions).toEqual([8, 9]));
    expect(served.asked).toEqual([['session/a'], ['session/a@9', 'session/a@7']]);
    expect(pages[0]?.positions).toEqual(range(4, 9));
  });

  test('one that does not exist is refused alone', async () => {
    const plan: StreamsPlan = { cuts: [], streams: { 'session/a': { snapshot: 0, end: 2 } } };
    const served: StreamsServed = { asked: [] };
    const server = await started((request, response) => answerStreams(plan, served, request, response));
    const streams = streamsOf(server.url);
    const [missing, there] = [subscribe(streams, 'session/x'), subscribe(streams, 'session/a')];
    await eventually(() => expect([missing.refused, there.positions]).toEqual(['session_not_found', [1, 2]]));
    subscribe(streams, 'session/a', 1);
    await eventually(() => expect(served.asked.at(-1)).toEqual(['session/a@2', 'session/a@1']));
  });

  test('another set of streams reports no gap of the lists; a cut connection does', async () => {
    const plan: StreamsPlan = { cuts: [], streams: { 'session/a': { snapshot: 0, end: 1 } } };
    const served: StreamsServed = { asked: [] };
    const server = await started((request, response) => {
      answerStreams(plan, served, request, response);
      response.write('event: changed\ndata: {"sessionId":"s9","runId":null}\n\n');
      if (served.asked.length === 2) plan.cuts = [0, 0, 0];
    });
    const changes: (string | null)[] = [];
    const streams = streamsOf(server.url, { onChange: (change) => changes.push(change) });
    const s9 = '{"sessionId":"s9","runId":null}';
    await eventually(() => expect(changes).toEqual([null, s9]));
    subscribe(streams, 'session/a');
    await eventually(() => expect(changes).toEqual([null, s9, s9]));
    subscribe(streams, 'session/a');
    await eventually(() => expect(changes.slice(3)).toContain(null));
  });

  test('a refused token fails for all, and another try begins where they were', async () => {
    const plan: StreamsPlan = { cuts: [], streams: { 'session/a': { snapshot: 0, end: 2 } } };
    const served: StreamsServed = { asked: [] };
    let isRefused = true;
    const server = await started((request, response) => {
      if (!isRefused) return answerStreams(plan, served, request, response);
      response.writeHead(401, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ status: 401, detail: 'No', code: 'unauthorized', retryable: false }));
    });
    const states: string[] = [];
    const streams = streamsOf(server.url, {
      onState: (state, { error }) => states.push(error ? `${state} ${error.code}` : state),
    });
    const page = subscribe(streams, 'session/a', 1);
    await eventually(() => expect(states).toEqual(['connecting', 'failed unauthorized']));
    isRefused = false;
    streams.retry();
    await eventually(() => expect(page.positions).toEqual([2]));
    // It is good: nothing is done.
    streams.retry();
    subscribe(streams, 'session/a');
    // The server knows of the second connection before the client has its answer.
    await eventually(() => expect(states.slice(2)).toEqual(['connecting', 'live', 'live']));
    expect(served.asked.length).toBe(2);
  });
});
