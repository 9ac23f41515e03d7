import { existsSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { open } from '../access/guard.ts';

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html dompurify everturn',
].join('; ');

/** Lists and the operator's pages. */
const consolePages = ['/sessions', '/runs', '/inbox', '/schedules', '/usage', '/health', '/settings'];

/** Serves the built console. It also answers browsers that ask for a page that does not exist. */
export const registerConsole = async (app: FastifyInstance, folder: string): Promise<void> => {
  if (!existsSync(folder)) return;
  app.addHook('onSend', async (_request, reply) => {
    // What a flow wrote comes with a stricter one of its own.
    if (!reply.hasHeader('content-security-policy')) reply.header('content-security-policy', policy);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
  });
  await app.register(fastifyStatic, {
    root: folder,
    // Its own routes would have no guard.
    serve: false,
    preCompressed: true,
    setHeaders: (reply, path) => {
      reply.header(
        'cache-control',
        /-[\w-]{8,}\.\w+(?:\.(?:br|gz))?$/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
  const hidden = { config: open, schema: { hide: true } };
  app.get<{ Params: { '*': string } }>('/*', hidden, (request, reply) =>
    reply.sendFile(request.params['*'] || 'index.html'),
  );
  for (const place of ['/s/*', '/r/*', '/w/*', ...consolePages]) {
    app.get(place, hidden, (_request, reply) => reply.header('cache-control', 'no-cache').sendFile('index.html'));
  }
};
