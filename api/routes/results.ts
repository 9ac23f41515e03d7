import { toMs } from '../../contracts/duration.ts';
import { stepWorkflowId } from '../../contracts/ids.ts';
import { ClearedResults, ClearResults, type KeptResult, ResultPage, ResultQuery } from '../../contracts/results.ts';
import { decodeCursor, encodeCursor, isMoment } from '../../store/cursor.ts';
import { acts, viewer } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, ApiContext } from '../context.ts';

const encode = ({ endedAt, run, call }: KeptResult): string =>
  encodeCursor({ place: endedAt, key: stepWorkflowId(run, call) });

const decode = (cursor: string): { endedAt: string; key: string } => {
  const { place, key } = decodeCursor(cursor, isMoment);
  return { endedAt: place, key };
};

const olderThanMs = (text: string | undefined): number | undefined => (text === undefined ? undefined : toMs(text));

/** Results of agents that runs with `reuse` may use. */
export const resultRoutes = (app: Api, { store }: ApiContext): void => {
  app.get(
    '/api/results',
    { config: viewer, schema: { querystring: ResultQuery, response: { 200: ResultPage } } },
    async ({ query: { script, olderThan, cursor, limit } }) => {
      const before = cursor === undefined ? undefined : decode(cursor);
      const found = await store.results.list({ script, olderThanMs: olderThanMs(olderThan), limit: limit + 1, before });
      const results = found.slice(0, limit);
      const last = results.at(-1);
      return { results, nextCursor: found.length > limit && last ? encode(last) : null };
    },
  );

  app.delete(
    '/api/results',
    { config: acts('result.clear'), schema: { querystring: ClearResults, response: { 200: ClearedResults } } },
    async (request) => {
      const { script, olderThan } = request.query;
      const by = actOf(request, script ?? '*', { detail: { olderThan: olderThan ?? null } });
      const cleared = await store.act(by, ({ results }) =>
        results.clear({ script, olderThanMs: olderThanMs(olderThan) }),
      );
      return { cleared };
    },
  );
};
