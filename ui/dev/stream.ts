import type { Session, SessionSnapshot } from '../../contracts/api.ts';
import type { Chunk } from '../../contracts/chunks.ts';
import type { SessionEvent, StreamEvent } from '../../contracts/events.ts';
import { noUsage } from '../../contracts/usage.ts';
import { reduce, type SessionView } from '../../contracts/view.ts';

const emptyView: SessionView = {
  position: 0,
  chunks: [],
  total: 0,
  usage: noUsage,
  turns: {},
  waiting: [],
  approvals: [],
  live: [],
};

/** How many chunks a snapshot carries; older ones are read in pages. */
const snapshotChunks = 60;

/** One session in memory: its events, the view of them, and who listens. */
export class SessionStream {
  readonly events: StreamEvent[] = [];
  readonly listeners = new Set<(event: StreamEvent) => void>();
  session: Session;
  view: SessionView = emptyView;
  private seq = 0;

  constructor(session: Session) {
    this.session = session;
  }

  append(event: SessionEvent): void {
    const next: StreamEvent = { position: this.view.position + 1, at: new Date().toISOString(), event };
    this.events.push(next);
    this.view = reduce(this.view, next);
    const running = Object.values(this.view.turns).some(({ status }) => status === 'running');
    this.session = {
      ...this.session,
      status: this.view.approvals.length > 0 ? 'waiting' : running ? 'running' : 'idle',
      turns: Object.keys(this.view.turns).length,
      lastTurn: event.type === 'turn.settled' ? event.status : (this.session.lastTurn ?? null),
      updatedAt: next.at,
    };
    for (const listener of this.listeners) listener(next);
  }

  chunk(turn: number, step: number, ordinal: number, body: Chunk['body']): Chunk {
    this.seq += 1;
    return { seq: this.seq, turn, step, ordinal, at: new Date().toISOString(), body };
  }

  snapshot(): SessionSnapshot {
    const chunks = this.view.chunks.slice(-snapshotChunks);
    const first = chunks[0]?.turn ?? 0;
    // Of turns on older pages the API says nothing.
    const turns = Object.fromEntries(Object.entries(this.view.turns).filter(([turn]) => Number(turn) >= first));
    return { session: this.session, view: { ...this.view, chunks, turns } };
  }
}
