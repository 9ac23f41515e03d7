import type { FastifyReply, FastifyRequest } from 'fastify';

/** A browser that opens an address, as opposed to a client or a page that fetches from it. */
const isNavigation = ({ method, url, headers }: FastifyRequest): boolean =>
  (method === 'GET' || method === 'HEAD') &&
  !/^\/api(?:[/?]|$)/.test(url) &&
  (headers.accept ?? '').includes('text/html');

const answered = new WeakSet<FastifyRequest>();

/** Whether a browser is shown the console, which says that there is no such page. */
export const sendMissingPage = (request: FastifyRequest, reply: FastifyReply): boolean => {
  // Without a console to serve, its page is not found either.
  if (!isNavigation(request) || answered.has(request) || !request.server.hasReplyDecorator('sendFile')) return false;
  answered.add(request);
  void reply.code(404).header('cache-control', 'no-cache').sendFile('index.html');
  return true;
};
