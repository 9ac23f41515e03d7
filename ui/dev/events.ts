import type { ServerResponse } from 'node:http';
import type { Problem } from '../../contracts/api.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { runOfStream, sessionOfStream } from '../../contracts/ids.ts';
import { placeOf } from '../../contracts/place.ts';
import type { FakeRuns } from './fake-runs.ts';
import type { FakeSessions } from './fake-sessions.ts';

const heartbeatMs = 2_000;

/** Whether the server hangs: connections stand, and nothing comes until it goes on. */
export type Pulse = { isHung: boolean };

type Sources = { fakeSessions: FakeSessions; fakeRuns: FakeRuns; pulse: Pulse };
type Event = { position: number };
type Followed = {
  events: Event[];
  listeners: { add(listener: (event: Event) => void): unknown; delete(listener: (event: Event) => void): unknown };
  snapshot: { position: number; body: unknown };
};

export const problemOf = (cause: unknown): Problem => {
  const error = cause instanceof EverturnError ? cause : new EverturnError('bad_request', String(cause));
  const { code, status, message: detail, retryable, details } = error;
  return { type: 'about:blank', title: code, status, detail, code, retryable, ...(details ? { details } : {}) };
};

const find = ({ fakeSessions, fakeRuns }: Sources, name: string): Followed => {
  const runId = runOfStream(name);
  if (runId !== null) {
    const stream = fakeRuns.run(runId);
    return { ...stream, snapshot: { position: stream.view.position, body: stream.detail() } };
  }
  const { stream } = fakeSessions.entry(sessionOfStream(name) ?? '');
  return { ...stream, snapshot: { position: stream.view.position, body: stream.snapshot() } };
};

/** `GET /api/events`: wake-ups for lists, and the streams that are asked for. */
export const sendEvents = (sources: Sources, follow: readonly string[], response: ServerResponse): void => {
  const { fakeSessions, fakeRuns, pulse } = sources;
  const ends: (() => void)[] = [];
  const held: string[] = [];
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const write = (text: string): void => {
    if (pulse.isHung) held.push(text);
    else response.write(held.splice(0).join('') + text);
  };
  write(': hello\n\n');
  const beat = setInterval(() => {
    if (!pulse.isHung) write(': beat\n\n');
  }, heartbeatMs);
  ends.push(() => clearInterval(beat));

  for (const [index, text] of follow.entries()) {
    const { stream, after } = placeOf(text);
    const of = (message: string): void => write(`event: place\ndata: ${index}\n\n${message}\n\n`);
    try {
      const { events, listeners, snapshot } = find(sources, stream);
      const send = (event: Event): void => of(`event: event\nid: ${event.position}\ndata: ${JSON.stringify(event)}`);
      if (after !== undefined) for (const event of events.slice(after)) send(event);
      else of(`event: snapshot\nid: ${snapshot.position}\ndata: ${JSON.stringify(snapshot.body)}`);
      listeners.add(send);
      ends.push(() => listeners.delete(send));
    } catch (cause) {
      of(`event: refused\ndata: ${JSON.stringify(problemOf(cause))}`);
    }
  }

  const changed = (change: { sessionId: string | null; runId: string | null }): void =>
    write(`event: changed\ndata: ${JSON.stringify(change)}\n\n`);
  const ofSession = (sessionId: string): void => changed({ sessionId, runId: null });
  const ofRun = (runId: string): void => changed({ sessionId: null, runId });
  fakeSessions.listeners.add(ofSession);
  fakeRuns.listeners.add(ofRun);
  ends.push(
    () => fakeSessions.listeners.delete(ofSession),
    () => fakeRuns.listeners.delete(ofRun),
  );
  response.on('close', () => {
    for (const end of ends) end();
  });
};
