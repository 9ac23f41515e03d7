import { z } from 'zod';
import { Attachment, AttachmentId, AttachmentQuery, AttachQuery, attachType } from '../../contracts/attachments.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { acts, viewer } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, ApiContext } from '../context.ts';

const Params = z.object({ id: AttachmentId });

/** Untrusted content: served with the type it was read as, never executed. */
const headers = {
  'cache-control': 'private, max-age=31536000, immutable',
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
};

/** A body that is as long as it says need not be read to be refused. */
const claimed = (length: string | undefined): number => Number(length ?? 0);

export const attachmentRoutes = async (app: Api, { attachments, store }: ApiContext): Promise<void> => {
  await app.register((scope: Api, _options, done) => {
    // The bytes are read by the route itself, piece by piece.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(attachType, (_request, _payload, done) => done(null, undefined));

    scope.post(
      '/api/attachments',
      {
        config: acts('attachment.add'),
        schema: {
          consumes: [attachType],
          querystring: AttachQuery,
          body: z.any().describe('The bytes. What they are is found in their content'),
          response: { 201: Attachment },
        },
      },
      async (request, reply) => {
        const { name } = request.query;
        const { bytes: most } = attachments.limits();
        if (claimed(request.headers['content-length']) > most) throw attachments.tooLarge(name);
        const attached = await attachments.receive(request.raw, name);
        const { attachmentId, kind, bytes } = attached;
        await store.act(actOf(request, attachmentId, { detail: { kind, bytes } }), async () => {});
        return reply.code(201).send(attached);
      },
    );
    done();
  });

  app.get(
    '/api/attachments/:id',
    { config: viewer, schema: { params: Params, querystring: AttachmentQuery } },
    async ({ params: { id }, query: { size } }, reply) => {
      const row = await attachments.find(id);
      if (!row) throw new EverturnError('attachment_not_found', `Cannot read attachment ${id}: it does not exist`);
      const found = await attachments.open(id, size);
      if (!found) {
        const why =
          row.kind === 'file' && size === 'thumb'
            ? 'a file has no thumbnail. Leave out size=thumb'
            : 'its file is missing from the folder of attachments (docs/attachments.md)';
        throw new EverturnError('attachment_not_found', `Cannot read attachment ${id}: ${why}`);
      }
      const type = size === 'thumb' ? 'image/webp' : row.mediaType;
      // A browser saves it: a text may be a page with scripts.
      const asFile = row.kind === 'file' ? { 'content-disposition': 'attachment' } : {};
      reply.headers({ ...headers, ...asFile, 'content-length': found.bytes }).type(type);
      return reply.send(found.stream);
    },
  );
};
