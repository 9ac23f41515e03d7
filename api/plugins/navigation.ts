import type { FastifyReply, FastifyRequest } from 'fastify';

/** A browser that opens an address, as opposed to a client or a page that fetches from it. */
const isNavigation = ({ method, url, headers }: FastifyRequest): boolean =>
  (method === 'GET' || method === 'HEAD') &&
  !/^\/api(?:[/?]|$)/.test(url) &&
  (headers.accept ?? '').includes('text/html');

/** Whether a browser is shown the console, which says that there is no such page. */
export const sendMissingPage = (request: FastifyRequest, reply: FastifyReply): boolean => {
  if (!isNavigation(request) || !request.server.hasReplyDecorator('sendFile')) return false;
  void reply.code(404).header('cache-control', 'no-cache').sendFile('index.html');
  return true;
};
