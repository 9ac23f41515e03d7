import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { z } from 'zod';
import { EverturnError } from '../../contracts/errors.ts';
import { builtInAgent } from '../../contracts/find-agent.ts';
import { chooseLeniently } from '../../contracts/models.ts';
import { inOneLine } from '../../contracts/one-line.ts';
import { ImportedSession, ImportQuery, sessionFileLimits } from '../../contracts/session-file.ts';
import { createFindAgent } from '../../definitions/find-agent.ts';
import { storable } from '../../store/json.ts';
import { acts, viewer } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, ApiContext } from '../context.ts';
import { idFor } from '../ids.ts';
import { linesOf } from '../services/attachment-lines.ts';
import { readSessionFile, refused } from '../services/session-import.ts';
import { findSession } from '../services/sessions.ts';
import { resolveWorkspace } from '../workspace.ts';
import { IdempotencyHeader, SessionParams } from './shared.ts';

const mediaType = 'application/jsonl';

/** Sessions as files of JSON Lines. */
export const sessionFileRoutes = (
  app: Api,
  { store, about, definitions, configured, attachments }: ApiContext,
): void => {
  const findAgent = createFindAgent(definitions);
  app.addContentTypeParser(
    mediaType,
    { parseAs: 'string', bodyLimit: sessionFileLimits.file },
    (_request, body, done) => done(null, body),
  );

  app.get(
    '/api/sessions/:id/export',
    { config: viewer, schema: { params: SessionParams, produces: [mediaType] } },
    async ({ params, log }, reply) => {
      const session = await findSession(store, params.id);
      const lines = new PassThrough();
      const write = async (line: object): Promise<void> => {
        if (lines.destroyed) throw new Error('The reader of the export is gone');
        if (!lines.write(`${JSON.stringify(line)}\n`)) await Promise.race([once(lines, 'drain'), once(lines, 'close')]);
      };
      const attached = async (id: string): Promise<boolean> => {
        const bytes = await attachments.content(id);
        for (const line of bytes ? linesOf(id, bytes) : []) await write(line);
        return bytes !== null;
      };
      store.sessionFiles.read(session, write, attached).then(
        () => lines.end(),
        (error: Error) => {
          // The file has no end line, which an import refuses.
          log.warn({ error }, 'an export was cut off');
          lines.destroy(error);
        },
      );
      reply
        .type(mediaType)
        .header('content-disposition', `attachment; filename="${session.id.replaceAll(/[^\w-]/g, '_')}.jsonl"`);
      return reply.send(lines);
    },
  );

  /** Nothing of the file is run: its permissions and its workspace are not taken, its agent and model only where they are ours. */
  app.post(
    '/api/sessions/import',
    {
      config: acts('session.import'),
      bodyLimit: sessionFileLimits.file,
      schema: {
        body: z.string(),
        querystring: ImportQuery,
        headers: IdempotencyHeader,
        response: { 201: ImportedSession },
      },
    },
    async (request, reply) => {
      const { body, query, headers } = request;
      const { head, skippedUsage, attached, ...file } = readSessionFile(body);
      const workspace = await resolveWorkspace(query.workspace ?? about.workspace, about.workspace);
      const named =
        query.agent ?? (definitions.agents().some(({ name }) => name === head.agent) ? head.agent : undefined);
      const definition = findAgent(named);
      for (const { id, bytes, line } of attached) {
        const kept = await attachments.add(bytes, id.slice(0, 12));
        if (kept.attachmentId !== id) throw refused(line, `the bytes of attachment ${id} are others`);
      }
      const id = idFor('s', 'import', headers['idempotency-key']);
      const by = actOf(request, id, { detail: { turns: file.turns.length }, key: `session.import ${id}` });
      await store.act(by, ({ sessionFiles }) =>
        sessionFiles.write(
          {
            id,
            title: storable(query.title ?? inOneLine(head.title)),
            workspace,
            agent: definition?.name ?? builtInAgent,
            model: configured().models.includes(head.model)
              ? head.model
              : chooseLeniently(definition?.models ?? [], configured().modelChoice).model,
            allow: [],
            definition,
            schema: null,
            runId: null,
            node: null,
          },
          { head, ...file },
        ),
      );
      store.wake(id);
      const session = await findSession(store, id);
      if (session.turns < file.turns.length) {
        throw new EverturnError(
          'idempotency_mismatch',
          'Cannot import the session: its Idempotency-Key was used for another one. Import it with a new key',
        );
      }
      return reply.code(201).send({ id, turns: file.turns.length, chunks: file.chunks.length, skippedUsage });
    },
  );
};
