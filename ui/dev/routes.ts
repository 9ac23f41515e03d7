import {
  ChunkQuery,
  CreateSession,
  ForkSession,
  type Health,
  type Session,
  SessionQuery,
  type SessionRow,
  SpanQuery,
  UpdateSession,
} from '../../contracts/api.ts';
import type { Approval } from '../../contracts/approvals.ts';
import { noSegments } from '../../contracts/cache.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { SeveralAnswers } from '../../contracts/permissions/api.ts';
import { QuestionAnswer } from '../../contracts/runs.ts';
import { SearchQuery } from '../../contracts/search.ts';
import { shownApproval, shownQuestion } from '../../contracts/shown.ts';
import type { SessionView } from '../../contracts/view.ts';
import type { FakeBeside } from './fake-beside.ts';
import type { FakeRuns } from './fake-runs.ts';
import type { FakeSessions } from './fake-sessions.ts';
import type { Route } from './route.ts';
import { runRoutesOf } from './run-routes.ts';
import { searchIn } from './search.ts';

const rowOf = (session: Session, view: SessionView, asked?: Approval): SessionRow => {
  const said = view.chunks.findLast(({ body }) => body.kind === 'text' && body.role === 'user')?.body;
  const ends = Object.values(view.turns).reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0);
  return {
    ...session,
    said: said?.kind === 'text' ? said.text.slice(0, 200) : '',
    tookMs: ends,
    waitingFor: asked ? { what: asked.tool, approvers: null, since: asked.askedAt } : null,
  };
};
const stateOf = ({ status, lastTurn }: Pick<Session, 'status' | 'lastTurn'>): string =>
  status === 'idle' && lastTurn === 'failed' ? 'failed' : status;

/** The JSON routes of the API over a {@link FakeSessions} and a {@link FakeRuns}. */
export const routesOf = (
  fakeSessions: FakeSessions,
  fakeRuns: FakeRuns,
  fakeBeside: FakeBeside,
  health: Health,
): Route[] => {
  const entry = ([id = '']: string[]) => fakeSessions.entry(id);
  return [
    ...runRoutesOf(fakeRuns, fakeSessions),
    { method: 'GET', path: /^\/trust$/, answer: () => ({ status: 200, body: fakeRuns.trust }) },
    { method: 'GET', path: /^\/health$/, answer: () => ({ status: 200, body: health }) },
    {
      method: 'POST',
      path: /^\/sessions$/,
      answer: ({ body, key }) => ({
        status: 201,
        body: fakeSessions.once(key, () => fakeSessions.create(CreateSession.parse(body) as object)),
      }),
    },
    {
      method: 'GET',
      path: /^\/sessions$/,
      answer: ({ query }) => {
        const { q = '', cursor = '0', limit, status, model, archived } = SessionQuery.parse(query);
        const found = [...fakeSessions.entries.values()]
          .map(({ stream: { session, view }, agent }) =>
            rowOf(
              { ...session, usage: view.usage.requests > 0 ? view.usage : null },
              view,
              [...agent.waiting.values()][0]?.approval,
            ),
          )
          .filter(
            ({ title, runId, parentId, archivedAt, ...session }) =>
              (archivedAt !== null) === (archived === 'true') &&
              (status === undefined || stateOf(session) === status) &&
              (model === undefined || session.model === model) &&
              runId === null &&
              parentId === null &&
              title.toLowerCase().includes(q.toLowerCase()),
          )
          .toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt));
        const end = Number(cursor) + limit;
        return {
          status: 200,
          body: { sessions: found.slice(Number(cursor), end), nextCursor: end < found.length ? String(end) : null },
        };
      },
    },
    {
      method: 'GET',
      path: /^\/search$/,
      answer: ({ query }) => {
        const { q } = SearchQuery.parse(query);
        return { status: 200, body: { results: searchIn(fakeSessions, q), isComplete: q.length > 1 } };
      },
    },
    {
      method: 'GET',
      path: /^\/sessions\/([^/]+)$/,
      answer: ({ params }) => ({ status: 200, body: entry(params).stream.snapshot() }),
    },
    {
      method: 'PATCH',
      path: /^\/sessions\/([^/]+)$/,
      answer: ({ params, body }) => {
        const { stream } = entry(params);
        const { archived, ...changes } = UpdateSession.parse(body);
        const known = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
        const archivedAt =
          archived === undefined ? stream.session.archivedAt : archived ? new Date().toISOString() : null;
        stream.session = { ...stream.session, ...known, archivedAt };
        fakeSessions.changed(stream.session.id);
        return { status: 200, body: stream.session };
      },
    },
    {
      method: 'DELETE',
      path: /^\/sessions\/([^/]+)$/,
      answer: ({ params }) => {
        fakeSessions.entries.delete(entry(params).stream.session.id);
        fakeSessions.changed(params[0] ?? '');
        return { status: 204 };
      },
    },
    {
      method: 'POST',
      path: /^\/sessions\/([^/]+)\/fork$/,
      answer: ({ params, body, key }) => ({
        status: 201,
        body: fakeSessions.once(key, () => fakeSessions.fork(params[0] ?? '', ForkSession.parse(body).turn)),
      }),
    },
    {
      method: 'POST',
      path: /^\/sessions\/([^/]+)\/messages$/,
      answer: ({ params, body, key }) => ({
        status: 202,
        body: fakeSessions.once(key, () => fakeSessions.send(params[0] ?? '', body)),
      }),
    },
    {
      method: 'POST',
      path: /^\/sessions\/([^/]+)\/cancel$/,
      answer: ({ params }) => {
        const { agent, running, stream } = entry(params);
        if (running !== null) agent.cancel(running);
        return { status: 202, body: { turnId: running === null ? null : `${stream.session.id}/${running}` } };
      },
    },
    {
      method: 'GET',
      path: /^\/sessions\/([^/]+)\/chunks$/,
      answer: ({ params, query }) => {
        const { before = Number.MAX_SAFE_INTEGER, limit } = ChunkQuery.parse(query);
        const { view } = entry(params).stream;
        const chunks = view.chunks.filter(({ seq }) => seq < before).slice(-limit);
        return { status: 200, body: { chunks, total: view.total, oldestSeq: chunks[0]?.seq ?? null } };
      },
    },
    {
      method: 'GET',
      path: /^\/sessions\/([^/]+)\/usage$/,
      answer: ({ params }) => ({ status: 200, body: entry(params).stream.view.usage }),
    },
    {
      method: 'GET',
      path: /^\/sessions\/([^/]+)\/traces$/,
      answer: ({ params, query }) => {
        const { turn, cursor = '0', limit } = SpanQuery.parse(query);
        const all = entry(params).agent.spans.filter((span) => turn === undefined || span.turn === turn);
        const end = Number(cursor) + limit;
        const spans = all.slice(Number(cursor), end);
        const nextCursor = end < all.length ? String(end) : null;
        return { status: 200, body: { spans, nextCursor, cache: { session: noSegments, turns: [] } } };
      },
    },
    {
      method: 'GET',
      path: /^\/approvals$/,
      answer: () => ({
        status: 200,
        body: {
          approvals: [...fakeSessions.entries.values()].flatMap(({ agent }) =>
            [...agent.waiting.values()].map(({ approval }) => ({ ...approval, shown: shownApproval(approval) })),
          ),
          questions: fakeRuns.questions().map((question) => ({ ...question, shown: shownQuestion(question) })),
          staged: fakeBeside.staged(),
        },
      }),
    },
    {
      method: 'POST',
      path: /^\/approvals$/,
      answer: ({ body }) => ({
        status: 200,
        body: {
          results: SeveralAnswers.parse(body).answers.map(({ id, ...answer }) => {
            const approval = fakeSessions.entry(id.split('/')[0] ?? '').agent.answer(id, answer);
            return approval
              ? { id, outcome: 'answered', code: null, message: null, approval }
              : { id, outcome: 'refused', code: 'approval_answered', message: 'It has an answer', approval: null };
          }),
        },
      }),
    },
    {
      method: 'POST',
      path: /^\/approvals\/([^/]+)$/,
      answer: ({ params: [id = ''], body }) => {
        if (id.startsWith('run/')) {
          const question = fakeRuns.answer(id, body);
          if (question) return { status: 200, body: question };
          throw new EverturnError('approval_answered', `Cannot answer ${id}: it has an answer already`);
        }
        const approval = fakeSessions.entry(id.split('/')[0] ?? '').agent.answer(id, QuestionAnswer.parse(body));
        if (!approval) throw new EverturnError('approval_answered', `Cannot answer ${id}: it has an answer already`);
        return { status: 200, body: approval };
      },
    },
  ];
};
