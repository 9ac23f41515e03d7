import { SendMessage, type Session } from '../../contracts/api.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { Agent } from './fake-agent.ts';
import { scriptFor } from './scripts.ts';
import { SessionStream } from './stream.ts';

type Message = { messageId: string; text: string };
type Entry = { stream: SessionStream; agent: Agent; queue: Message[]; running: number | null };

export type FakeSessionsOptions = {
  /** Milliseconds between deltas; 0 plays all at once. */
  pace: number;
  workspace: string;
};

/** The sessions of the fixture server, in memory: what the real API does, without Temporal, Postgres or a model. */
export class FakeSessions {
  readonly entries = new Map<string, Entry>();
  readonly listeners = new Set<(sessionId: string) => void>();
  private readonly options: FakeSessionsOptions;
  private readonly seen = new Map<string, unknown>();
  private ids = 0;

  constructor(options: FakeSessionsOptions) {
    this.options = options;
  }

  /** The same key gives the same answer without doing it again. */
  once<T>(key: string | undefined, act: () => T): T {
    if (key === undefined) return act();
    if (!this.seen.has(key)) this.seen.set(key, act());
    return this.seen.get(key) as T;
  }

  create(fields: Partial<Session>): Session {
    this.ids += 1;
    const workspace = fields.workspace ?? this.options.workspace;
    if (!workspace.startsWith('/') || workspace.includes('missing')) {
      throw new EverturnError(
        'workspace_invalid',
        `Cannot start in "${workspace}": there is no such folder. Name an absolute path`,
      );
    }
    const now = new Date().toISOString();
    const stream = new SessionStream({
      id: `s${this.ids}`,
      title: '',
      agent: 'default',
      model: 'offline (built in)',
      allow: [],
      changeMode: 'ask',
      status: 'idle',
      runId: null,
      parentId: null,
      forkedFrom: null,
      node: null,
      turns: 0,
      usage: null,
      archivedAt: null,
      createdAt: now,
      updatedAt: now,
      ...fields,
      workspace,
    });
    const entry = { stream, agent: new Agent(stream, this.options.pace), queue: [], running: null };
    this.entries.set(stream.session.id, entry);
    stream.listeners.add(({ event }) => {
      if (event.type !== 'delta' && event.type !== 'tool.output') this.changed(stream.session.id);
    });
    this.changed(stream.session.id);
    return stream.session;
  }

  fork(id: string, turn = Number.POSITIVE_INFINITY): Session {
    const { session, events } = this.entry(id).stream;
    const fork = this.create({ ...session, id: `s${this.ids + 1}`, title: `Fork of ${session.title}`, forkedFrom: id });
    const { stream } = this.entry(fork.id);
    for (const { event } of events) if (!('turn' in event) || event.turn <= turn) stream.append(event);
    return stream.session;
  }

  changed(id: string): void {
    for (const listener of this.listeners) listener(id);
  }

  entry(id: string): Entry {
    const entry = this.entries.get(id);
    if (!entry) throw new EverturnError('session_not_found', `There is no session "${id}". It may have been deleted`);
    return entry;
  }

  send(id: string, body: unknown): { messageId: string; turnId: string | null } {
    const entry = this.entry(id);
    const { text, whenBusy } = SendMessage.parse(body);
    this.ids += 1;
    const messageId = `m${this.ids}`;
    entry.stream.append({ type: 'message.accepted', messageId, text, whenBusy });
    if (entry.stream.session.title === '') {
      entry.stream.session = { ...entry.stream.session, title: text.replace(/\s+/g, ' ').slice(0, 60) };
    }
    if (whenBusy === 'interrupt') {
      entry.queue.unshift({ messageId, text });
      if (entry.running !== null) entry.agent.cancel(entry.running);
    } else entry.queue.push({ messageId, text });
    void this.work(entry);
    return { messageId, turnId: null };
  }

  withdraw(id: string, messageId: string): void {
    const { queue, stream } = this.entry(id);
    const at = queue.findIndex((message) => message.messageId === messageId);
    if (at === -1)
      throw new EverturnError('message_taken', `Cannot withdraw message ${messageId}: a turn has taken it`);
    queue.splice(at, 1);
    stream.append({ type: 'message.withdrawn', messageId, code: 'message_withdrawn' });
  }

  /** A turn that has answered this. */
  say(id: string, text: string): void {
    const { stream } = this.entry(id);
    const turn = stream.session.turns + 1;
    const user = stream.chunk(turn, 0, 0, { kind: 'text', role: 'user', text: 'Say it' });
    const startedAt = new Date().toISOString();
    stream.append({ type: 'turn.started', turn, messageId: `m${id}/${turn}`, startedAt, chunks: [user] });
    const reply = stream.chunk(turn, 1, 0, { kind: 'text', role: 'assistant', text });
    stream.append({ type: 'step.sealed', turn, step: 1, chunks: [reply] });
    stream.append({ type: 'turn.settled', turn, status: 'completed', code: null, durationMs: 10, chunks: [] });
  }

  /** A turn whose second request loses its worker, and is answered by the next attempt. */
  survive(id: string): void {
    const { stream, agent } = this.entry(id);
    const turn = stream.session.turns + 1;
    const model = stream.session.model;
    const startedAt = new Date().toISOString();
    const user = stream.chunk(turn, 0, 0, { kind: 'text', role: 'user', text: 'Which buoys are dark tonight?' });
    stream.append({ type: 'turn.started', turn, messageId: `m${id}/${turn}`, startedAt, chunks: [user] });
    const say = (step: number, ordinal: number, text: string) =>
      stream.chunk(turn, step, ordinal, { kind: 'text', role: 'assistant', text });
    agent.spend(turn, 1, 1, 'ok', 2_400);
    stream.append({
      type: 'step.sealed',
      turn,
      step: 1,
      chunks: [say(1, 0, 'I read the tide table and the log first.')],
    });
    stream.append({ type: 'step.started', turn, step: 2, fence: 1, model });
    const half = 'Buoys 3 and 7 are dark. Buoy 3 waits for a new lamp, and buoy';
    stream.append({ type: 'delta', turn, step: 2, fence: 1, parts: [{ ordinal: 0, kind: 'text', text: half }] });
    agent.spend(turn, 2, 1, 'interrupted', 12_300);
    stream.append({ type: 'step.started', turn, step: 2, fence: 2, model });
    agent.spend(turn, 2, 2, 'ok', 5_100);
    stream.append({ type: 'step.sealed', turn, step: 2, chunks: [say(2, 0, `${half} 7 is dark at low tide only.`)] });
    stream.append({ type: 'turn.settled', turn, status: 'completed', code: null, durationMs: 19_800, chunks: [] });
  }

  private async work(entry: Entry): Promise<void> {
    if (entry.running !== null) return;
    for (let next = entry.queue.shift(); next; next = entry.queue.shift()) {
      entry.running = Object.keys(entry.stream.view.turns).length + 1;
      await entry.agent.play(entry.running, next.messageId, next.text, scriptFor(next.text));
    }
    entry.running = null;
  }
}
