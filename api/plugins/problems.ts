import type { FastifyError, FastifyInstance } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Problem } from '../../contracts/api.ts';
import { type ErrorCode, EverturnError, errorTable } from '../../contracts/errors.ts';

const frameworkCodes: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'bad_request',
  FST_ERR_CTP_INVALID_JSON_BODY: 'bad_request',
};

const toEverturnError = (error: FastifyError, action: string): EverturnError => {
  if (error instanceof EverturnError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const faults = error.validation.map(({ instancePath, message }) => `${instancePath || '/'}: ${message}`).join('; ');
    return new EverturnError('bad_request', `Cannot ${action}: ${error.validationContext} ${faults}`, { cause: error });
  }
  const code = frameworkCodes[error.code] ?? (error.statusCode && error.statusCode < 500 ? 'bad_request' : undefined);
  if (code) return new EverturnError(code, `Cannot ${action}: ${error.message}`, { cause: error });
  return new EverturnError('internal', `Cannot ${action}: a defect of ours, see the log of the API`, { cause: error });
};

const toProblem = ({ code, status, retryable, message, details }: EverturnError): Problem => ({
  type: `urn:everturn:error:${code}`,
  title: errorTable[code].meaning,
  status,
  detail: message,
  code,
  retryable,
  ...(details ? { details } : {}),
});

/** Every error leaves as application/problem+json with a row of the error table. */
export const registerProblems = (app: FastifyInstance): void => {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const known = toEverturnError(error, `${request.method} ${request.routeOptions.url ?? request.url}`);
    if (known.code === 'internal') request.log.error({ error }, 'request failed');
    return reply
      .code(known.status)
      .type('application/problem+json')
      .send(JSON.stringify(toProblem(known)));
  });
  app.setNotFoundHandler((request) => {
    throw new EverturnError(
      'not_found',
      `Cannot ${request.method} ${request.url.split('?')[0]}: there is no such route`,
    );
  });
};
