import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { strictly } from '../../contracts/strictly.ts';

const withBody = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Of a route that takes nothing: no body, or an empty one. */
const Nothing = z.strictObject({}).nullish();

/**
 * No field of a body is ignored: every route that is registered after this refuses, with its path, a field that its schema
 * does not name, at any depth.
 */
export const registerStrictBodies = (app: FastifyInstance): void => {
  app.addHook('onRoute', (route) => {
    const methods = [route.method].flat();
    if (!methods.some((method) => withBody.has(method))) return;
    const { body } = route.schema ?? {};
    route.schema = { ...route.schema, body: body instanceof z.ZodType ? strictly(body) : Nothing };
  });
};
