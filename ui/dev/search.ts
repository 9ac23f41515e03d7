import type { SearchResult } from '../../contracts/search.ts';
import type { FakeSessions } from './fake-sessions.ts';

const around = 60;

/** Sessions in which somebody said `q`, with the place. */
export const searchIn = (fakeSessions: FakeSessions, q: string): SearchResult[] =>
  [...fakeSessions.entries.values()].flatMap(({ stream: { session, view } }) => {
    for (const { turn, body } of view.chunks) {
      const at = body.kind === 'text' ? body.text.toLowerCase().indexOf(q.toLowerCase()) : -1;
      if (body.kind !== 'text' || at < 0) continue;
      const { id, title, runId, archivedAt, updatedAt } = session;
      const end = at + q.length;
      const snippet = [
        { text: body.text.slice(Math.max(0, at - around), at), isMatch: false },
        { text: body.text.slice(at, end), isMatch: true },
        { text: body.text.slice(end, end + around), isMatch: false },
      ];
      return [{ sessionId: id, title, runId, isArchived: archivedAt !== null, turn, rank: 1, updatedAt, snippet }];
    }
    return [];
  });
