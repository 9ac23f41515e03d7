import type { SessionSnapshot } from '../../contracts/api.ts';
import type { StreamEvent } from '../../contracts/events.ts';
import { noUsage } from '../../contracts/usage.ts';
import { reduce } from '../../contracts/view.ts';
import type { Answer } from './server.ts';

const at = '2026-01-01T00:00:00.000Z';

/** A stream of one session: event `n` is a message with text `n é𝄞`. */
export const eventAt = (position: number): StreamEvent => ({
  position,
  at,
  event: { type: 'message.accepted', messageId: `m${position}`, text: `${position} é𝄞\n`, whenBusy: 'enqueue' },
});

export const snapshotAt = (position: number): SessionSnapshot => {
  let view: SessionSnapshot['view'] = {
    position: 0,
    chunks: [],
    total: 0,
    usage: noUsage,
    turns: {},
    waiting: [],
    approvals: [],
    live: [],
  };
  for (let next = 1; next <= position; next += 1) view = reduce(view, eventAt(next));
  const session = {
    id: 's1',
    title: 'A session',
    workspace: '/w',
    agent: 'default',
    model: 'm',
    allow: [],
    changeMode: 'ask' as const,
    status: 'idle' as const,
    runId: null,
    parentId: null,
    forkedFrom: null,
    node: null,
    turns: 0,
    usage: null,
    archivedAt: null,
    createdAt: at,
    updatedAt: at,
  };
  return { session, view };
};

export type Plan = {
  /** The last event there is. */
  end: number;
  /** Position of the snapshot that a connection without `Last-Event-ID` gets. */
  snapshot: number;
  /** Bytes after which each connection is cut in turn; none left: it stays open. */
  cuts: number[];
  /** Events before `Last-Event-ID` that a server repeats. */
  repeat?: number;
};

export type Served = { lastEventIds: (string | undefined)[] };

/** Answers one connection of the stream, then cuts it where the plan says. */
export const answerStream = (plan: Plan, served: Served, ...[request, response]: Parameters<Answer>): void => {
  const last = request.headers['last-event-id'];
  const cut = plan.cuts[served.lastEventIds.length];
  served.lastEventIds.push(typeof last === 'string' ? last : undefined);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let text = ': hello\r\nretry: 50\r\n\r\n';
  let from = plan.snapshot;
  if (typeof last === 'string') from = Math.max(0, Number(last) - (plan.repeat ?? 0));
  else text += `event: snapshot\nid: ${from}\ndata: ${JSON.stringify(snapshotAt(from))}\n\n`;
  for (let position = from + 1; position <= plan.end; position += 1) {
    text += `event: event\r\nid: ${position}\r\ndata: ${JSON.stringify(eventAt(position))}\r\n\r\n: beat\r\n\r\n`;
  }
  const bytes = Buffer.from(text);
  if (cut === undefined) response.write(bytes);
  else response.write(bytes.subarray(0, cut), () => response.destroy());
};
