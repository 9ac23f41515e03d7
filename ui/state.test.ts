import { describe, expect, test } from 'vitest';
import type { Session, SessionPage } from '../contracts/api.ts';
import type { Approval } from '../contracts/approvals.ts';
import type { Chunk } from '../contracts/chunks.ts';
import { EverturnError } from '../contracts/errors.ts';
import { nothingFound } from '../contracts/search.ts';
import { noUsage } from '../contracts/usage.ts';
import type { SessionView } from '../contracts/view.ts';
import { createLiveUsage } from './session/state/sessions.ts';
import type { Action } from './shell/state/actions.ts';
import { type AppState, initialState, update } from './state.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const session = (id: string, second = 0, title = id): Session => ({
  id,
  title,
  workspace: '/w',
  agent: 'default',
  model: 'm',
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
  createdAt: at(0),
  updatedAt: at(second),
});
const chunk = (seq: number): Chunk => ({
  seq,
  turn: 1,
  step: 1,
  ordinal: seq,
  at: at(0),
  body: { kind: 'text', role: 'assistant', text: String(seq) },
});
const view = (seqs: number[], total = seqs.length): SessionView => ({
  position: 10,
  chunks: seqs.map(chunk),
  total,
  usage: noUsage,
  turns: { 1: { status: 'running', code: null, durationMs: null, startedAt: at(0) } },
  waiting: [],
  approvals: [],
  live: [],
});
const approval: Approval = {
  id: 's1/1/1/0',
  sessionId: 's1',
  turn: 1,
  step: 1,
  call: 0,
  tool: 'run_command',
  arguments: '{}',
  argumentsHash: '',
  status: 'pending',
  decision: null,
  note: null,
  answeredBy: null,
  askedAt: at(0),
  answeredAt: null,
};

const start = initialState({
  token: 't',
  theme: 'system',
  density: 'comfortable',
  drafts: {},
  outbox: [],
  attaching: {},
  views: [],
});
const play = (...actions: Action[]): AppState => actions.reduce(update, start);
const first = (page: SessionPage, q = ''): Action => ({ type: 'sessions-first', q, page });
const ids = ({ sessions }: AppState): string[] => sessions.items.map(({ id }) => id);

describe('the list of sessions', () => {
  test('a fresh first page keeps the rows below it and drops what it no longer has', () => {
    const state = play(
      first({ sessions: [session('c', 9), session('b', 8)], nextCursor: 'x' }),
      { type: 'sessions-more', q: '', page: { sessions: [session('a', 1)], nextCursor: 'y' } },
      first({ sessions: [session('d', 10), session('c', 9)], nextCursor: 'z' }),
    );
    expect(ids(state)).toEqual(['d', 'c', 'b', 'a']);
    expect(state.sessions.nextCursor).toBe('y');
    expect(ids(update(state, first({ sessions: [session('d', 10)], nextCursor: null })))).toEqual(['d']);
  });

  test('an answer to an older search changes nothing', () => {
    const state = play({ type: 'search', q: 'new' }, first({ sessions: [session('a')], nextCursor: null }, 'old'));
    expect(ids(state)).toEqual([]);
    expect(state.sessions.status).toBe('loading');
  });

  test('the open session shows what its events have added, and nothing twice when the list has it too', () => {
    const used = (requests: number) => ({ ...noUsage, requests, input: requests * 100 });
    const of = (requests: number) => ({ sessions: [{ ...session('s1'), usage: used(requests) }], nextCursor: null });
    const open = (requests: number) => ({ sessionId: 's1', view: { ...view([1]), usage: used(requests) } });
    const withLiveUsage = createLiveUsage();
    const shown = (list: number, live: number) =>
      withLiveUsage(play(first(of(list))).sessions, open(live)).items[0]?.usage?.requests;
    expect([shown(2, 3), shown(3, 3), shown(4, 3)]).toEqual([3, 3, 4]);
    const { sessions } = play(first(of(2)));
    expect(withLiveUsage(sessions, null).items[0]?.usage?.requests).toBe(2);
    const later = open(3);
    expect(withLiveUsage(sessions, later)).toBe(withLiveUsage(sessions, { ...later }));
  });

  test('an archived session leaves the list; a change that an event brings is shown', () => {
    const state = play(
      { type: 'place', address: { page: 'session', id: 's1', place: null } },
      first({ sessions: [session('s1', 2), session('s2', 1)], nextCursor: null }),
      { type: 'snapshot', sessionId: 's1', snapshot: { session: session('s1'), view: view([1]) } },
      { type: 'session-changed', session: { ...session('s1'), archivedAt: at(5) } },
    );
    expect(ids(state)).toEqual(['s2']);
    const event = { type: 'session.changed' as const, agent: 'b', model: 'n', allow: [], archivedAt: null, chunks: [] };
    const events = [{ position: 99, at: at(6), event }];
    const changed = update(state, { type: 'events', sessionId: 's1', events });
    expect(changed.conversation?.session).toMatchObject({ agent: 'b', model: 'n', archivedAt: null });
  });

  test('what was said is found for the search that is on', () => {
    const result = {
      sessionId: 's',
      title: '',
      runId: null,
      isArchived: false,
      turn: 1,
      rank: 1,
      updatedAt: at(0),
      snippet: [],
    };
    const found = { results: [result], isComplete: false };
    const state = play({ type: 'search', q: 'new' }, { type: 'sessions-found', q: 'old', found });
    expect(state.sessions.found).toEqual(nothingFound);
    expect(update(state, { type: 'sessions-found', q: 'new', found }).sessions.found).toEqual(found);
  });

  test('the open session takes the title that the list brings', () => {
    const state = play(
      { type: 'place', address: { page: 'session', id: 's1', place: null } },
      { type: 'snapshot', sessionId: 's1', snapshot: { session: session('s1', 0, ''), view: view([1]) } },
      first({ sessions: [session('s1', 1, 'Named')], nextCursor: null }),
    );
    expect(state.conversation?.session?.title).toBe('Named');
  });
});

describe('the conversation', () => {
  const opened: Action = { type: 'place', address: { page: 'session', id: 's1', place: null } };
  const snapshot = (seqs: number[], total: number): Action => ({
    type: 'snapshot',
    sessionId: 's1',
    snapshot: { session: session('s1'), view: view(seqs, total) },
  });
  const seqs = (state: AppState) => state.conversation?.view?.chunks.map(({ seq }) => seq);

  test('what comes late for another session changes nothing', () => {
    const state = play(opened, snapshot([5, 6], 6));
    const other: Action = { type: 'older', sessionId: 's2', page: { chunks: [chunk(1)], total: 1, oldestSeq: 1 } };
    expect(update(state, other).conversation).toBe(state.conversation);
  });

  test('a new snapshot keeps older pages where it joins them, and drops them where a hole could be', () => {
    const older: Action = {
      type: 'older',
      sessionId: 's1',
      page: { chunks: [chunk(3), chunk(4)], total: 6, oldestSeq: 3 },
    };
    const loaded = play(opened, snapshot([5, 6], 6), older);
    expect(seqs(loaded)).toEqual([3, 4, 5, 6]);
    expect(seqs(update(loaded, snapshot([6, 7], 7)))).toEqual([3, 4, 5, 6, 7]);
    expect(seqs(update(loaded, snapshot([20, 21], 21)))).toEqual([20, 21]);
  });

  test('a cancellation is over when its turn is', () => {
    const cancelling = play(opened, snapshot([1], 1), { type: 'cancelling', sessionId: 's1', turn: 1 });
    expect(cancelling.conversation?.cancelling).toBe(1);
    const settled = update(cancelling, {
      type: 'events',
      sessionId: 's1',
      events: [
        {
          position: 11,
          at: at(1),
          event: {
            type: 'turn.settled',
            turn: 1,
            status: 'cancelled',
            code: 'turn_cancelled',
            durationMs: 1,
            chunks: [],
          },
        },
      ],
    });
    expect(settled.conversation?.cancelling).toBeNull();
  });
});

describe('the outbox', () => {
  const added: Action = {
    type: 'outbox-added',
    item: {
      key: 'k',
      sessionId: 's1',
      text: 'x',
      attachments: [],
      whenBusy: 'enqueue',
      status: 'sending',
      messageId: null,
      error: null,
    },
  };
  const sent: Action = { type: 'outbox-sent', key: 'k', messageId: 'm1', isShown: false };
  const seen: Action = {
    type: 'events',
    sessionId: 's1',
    events: [
      { position: 11, at: at(0), event: { type: 'message.accepted', messageId: 'm1', text: 'x', whenBusy: 'enqueue' } },
    ],
  };

  test('a message leaves when the stream shows it, whichever comes first', () => {
    expect(play(added, sent).outbox.items).toHaveLength(1);
    expect(play(added, sent, seen).outbox.items).toEqual([]);
    expect(play(added, seen, sent).outbox.items).toEqual([]);
    expect(play(added, { ...sent, isShown: true }).outbox.items).toEqual([]);
  });

  test('one that the stream shows before its request is answered stands there once, and comes back if the request fails', () => {
    expect(play(added, seen).outbox.items[0]).toMatchObject({ status: 'sending', messageId: 'm1' });
    const error = new EverturnError('not_running', 'away');
    const failed = play(added, seen, { type: 'outbox-failed', key: 'k', error });
    expect(failed.outbox.items[0]).toMatchObject({ status: 'failed', messageId: null });
  });

  test('a failed one stays with its reason until it is sent again or discarded', () => {
    const error = new EverturnError('not_running', 'away');
    const failed = play(added, { type: 'outbox-failed', key: 'k', error });
    expect(failed.outbox.items[0]).toMatchObject({ status: 'failed', error, key: 'k' });
    expect(update(failed, { type: 'outbox-sending', key: 'k' }).outbox.items[0]).toMatchObject({ status: 'sending' });
    expect(update(failed, { type: 'outbox-removed', key: 'k' }).outbox.items).toEqual([]);
  });
});

describe('approvals', () => {
  const asked: Action = {
    type: 'events',
    sessionId: 's1',
    events: [{ position: 11, at: at(0), event: { type: 'approval.asked', approval } }],
  };

  test('an answer is marked while it is on its way, and back when it failed', () => {
    const answering = play(asked, { type: 'answering', id: approval.id, decision: 'deny' });
    expect(answering.approvals.answering).toEqual({ [approval.id]: 'deny' });
    const failed = update(answering, { type: 'answer-failed', id: approval.id, message: 'away', faults: [] });
    expect(failed.approvals).toMatchObject({ answering: {}, failures: { [approval.id]: 'away' }, items: [approval] });
  });

  test('an answer by somebody else takes it out', () => {
    const answered: Action = {
      type: 'events',
      sessionId: 's1',
      events: [{ position: 12, at: at(0), event: { type: 'approval.answered', approval } }],
    };
    expect(play(asked, asked, answered).approvals.items).toEqual([]);
  });
});

test('an empty draft is forgotten', () => {
  const typed = play({ type: 'draft', sessionId: 's1', text: 'a' });
  expect(typed.drafts).toEqual({ s1: 'a' });
  expect(update(typed, { type: 'draft', sessionId: 's1', text: '' }).drafts).toEqual({});
});
