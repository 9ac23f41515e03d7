import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createStreams } from '../client/streams.ts';
import { createReading, sessionKind, tailSession } from '../client/tail.ts';
import type { StreamEvent } from '../contracts/events.ts';
import { streamOfSession } from '../contracts/ids.ts';
import { reduce, type SessionView } from '../contracts/view.ts';
import { recoverWorker } from '../runtime/recovery.ts';
import { settled } from './support/conversation.ts';
import { openProcesses } from './support/processes.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
let processes: Awaited<ReturnType<typeof openProcesses>>;
beforeAll(async () => {
  stack = await openStack();
  processes = await openProcesses(stack);
});
afterAll(async () => {
  await processes.close();
  await stack.close();
});

/** Follows a session from its first event on, and keeps each event as it came, ephemeral ones too. */
const follow = async (sessionId: string) => {
  const events: StreamEvent[] = [];
  const controller = new AbortController();
  let empty: SessionView | undefined;
  const ended = tailSession(stack.api, sessionId, {
    signal: controller.signal,
    onSnapshot: ({ view }) => {
      empty = view;
    },
    onEvent: (event) => events.push(event),
    onState: () => {},
  });
  await until('the first snapshot', () => empty !== undefined);
  if (!empty) throw new Error('no snapshot');
  return {
    start: empty,
    events,
    stop: async () => {
      controller.abort();
      await Promise.resolve(ended).catch(() => {});
    },
  };
};

/** As pages of one browser follow: one connection, which is replaced whenever another page comes. */
const followTogether = (sessionId: string) => {
  let view: SessionView | undefined;
  const streams = createStreams({
    open: (follow, signal) => stack.api.openChanges({ follow, signal }),
    onState: () => {},
    onSilence: () => {},
    onChange: () => {},
  });
  const reading = createReading(sessionKind, sessionId, {
    onSnapshot: (snapshot) => {
      ({ view } = snapshot);
    },
    onEvent: (event) => {
      if (view) view = reduce(view, event);
    },
  });
  const subscriber = { onMessage: reading.read, onRefused: () => {} };
  streams.follow({ stream: streamOfSession(sessionId), after: undefined }, subscriber);
  return {
    view: () => view,
    comeAndGo: () =>
      streams.follow(
        { stream: streamOfSession(sessionId), after: undefined },
        { onMessage: () => {}, onRefused: () => {} },
      ),
    stop: () => streams.close(),
  };
};

/** Live text in one piece: how many deltas carried it is no part of what a viewer sees. */
const seen = ({ live, turns, ...view }: SessionView) => ({
  ...view,
  turns,
  live: live
    .map(({ parts, ...operation }) => ({ ...operation, parts }))
    .toSorted((a, b) => a.step - b.step || (a.call ?? -1) - (b.call ?? -1)),
});

describe('for every cursor k: state(prefix k), then resume(k), is state(whole) (P5)', () => {
  test('over retried attempts, a killed worker, tools with output, and at any age', async () => {
    const key = randomUUID();
    const gate = `gate ${key}`;
    stack.model.script(
      [
        {
          cutAfter: 4,
          reply: { chunkDelayMs: 15, thinking: 'Think a little.', text: 'This attempt is cut off in the middle.' },
        },
        {
          reply: {
            chunkDelayMs: 15,
            thinking: 'Think again.',
            text: 'Running it.',
            toolCalls: [
              {
                name: 'run_command',
                arguments: '{"argv":["sh","-c","for i in 1 2 3; do echo line $i; sleep 0.05; done"]}',
              },
            ],
          },
        },
        {
          pauseAfter: { pieces: 5, gate },
          times: { min: 1, max: 2 },
          reply: { chunkDelayMs: 15, text: 'A reply of many words, whose first attempt dies with its worker.' },
        },
      ],
      key,
    );
    const first = await processes.worker();
    const { id } = await stack.api.createSession({ workspace: stack.workspace, allow: ['run'] });
    const viewer = await follow(id);
    const pages = followTogether(id);
    await stack.api.sendMessage(id, { text: key });

    await stack.model.reached(gate);
    await until('deltas of the third step', () =>
      viewer.events.some(({ event }) => event.type === 'delta' && event.step === 2),
    );
    const middle = await stack.store.view(id);
    await until('the viewer to be there too', () => (viewer.events.at(-1)?.position ?? 0) >= middle.position);
    const leave = pages.comeAndGo();
    const middleCount = viewer.events.filter(({ position }) => position <= middle.position).length;
    await first.kill9();
    await processes.worker();
    await recoverWorker(
      { store: stack.store, connection: stack.connection, namespace: 'default', log: stack.log },
      first.id,
    );
    await stack.model.reached(gate, 2);
    leave();
    stack.model.open(gate);
    const { status, view: whole } = await settled(stack, id, 1);
    expect(status).toBe('completed');
    await until('the viewer to be at the end', () => (viewer.events.at(-1)?.position ?? 0) >= whole.position);
    await viewer.stop();
    await until('the pages to be at the end', () => (pages.view()?.position ?? 0) >= whole.position);
    const together = pages.view();
    pages.stop();
    expect(together && seen(together)).toEqual(seen(whole));

    const { start, events } = viewer;
    expect(events.map(({ position }) => position)).toEqual(
      [...new Set(events.map(({ position }) => position))].toSorted((a, b) => a - b),
    );
    expect(events.filter(({ event }) => event.type === 'delta').length).toBeGreaterThan(3);
    expect(events.some(({ event }) => event.type === 'tool.output')).toBe(true);
    expect(seen(events.reduce(reduce, start))).toEqual(seen(whole));
    // At the age of the middle, where deltas of open attempts are still there.
    expect(seen(events.slice(0, middleCount).reduce(reduce, start))).toEqual(seen(middle));

    // Against the events themselves, not against the reducer: what is live is what the newest attempt has streamed.
    for (const [index, { event }] of events.entries()) {
      if (event.type !== 'delta') continue;
      const view = events.slice(0, index + 1).reduce(reduce, start);
      const shown = view.live.find(({ step, call }) => step === event.step && call === null);
      const streamed = events
        .slice(0, index + 1)
        .flatMap(({ event: one }) =>
          one.type === 'delta' && one.step === event.step && one.fence === event.fence ? one.parts : [],
        );
      expect(shown?.parts.map(({ text }) => text).join('')).toBe(
        streamed
          .toSorted((a, b) => a.ordinal - b.ordinal)
          .map(({ text }) => text)
          .join(''),
      );
    }

    let prefix = start;
    for (const cursor of [start, ...events.map((event) => (prefix = reduce(prefix, event)))]) {
      const rest = await stack.store.streams.read(id, cursor.position, 10_000);
      expect(seen(rest.reduce(reduce, cursor)), `from position ${cursor.position}`).toEqual(seen(whole));
    }
    const text = whole.chunks.flatMap(({ body }) =>
      body.kind === 'text' && body.role === 'assistant' ? [body.text] : [],
    );
    expect(text).toEqual(['Running it.', 'A reply of many words, whose first attempt dies with its worker.']);
  });
});
