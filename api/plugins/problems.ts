import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyServerOptions } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type ErrorCode, EverturnError, errorTable, isStorageFull } from '../../contracts/errors.ts';
import { visibleInLine } from '../../contracts/shown.ts';
import { sendMissingPage } from './navigation.ts';
import { clipped, toProblem } from './problem.ts';
import { faultWords } from './schema-faults.ts';

const frameworkCodes: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'bad_request',
  FST_ERR_CTP_INVALID_JSON_BODY: 'bad_request',
};

/** Of Postgres, for values of a request: a number out of range, text it cannot keep, a value too deep for it. */
const valueCodes = new Set(['22003', '22021', '22P02', '22P05', '54001']);

const maxFaults = 20;
const maxFaultLength = 500;

const toEverturnError = (error: FastifyError, action: string): EverturnError => {
  if (error instanceof EverturnError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const faults = error.validation
      .flatMap(faultWords)
      .slice(0, maxFaults)
      .map((fault) => clipped(fault, maxFaultLength))
      .join('; ');
    return new EverturnError('bad_request', `Cannot ${action}: ${error.validationContext} ${faults}`, { cause: error });
  }
  if (isStorageFull(error)) {
    return new EverturnError('storage_full', `Cannot ${action}: the disk is full. Make room and try again`, {
      cause: error,
    });
  }
  if (valueCodes.has(error.code)) {
    return new EverturnError('bad_request', `Cannot ${action}: a value cannot be kept (${error.message})`, {
      cause: error,
    });
  }
  const code = frameworkCodes[error.code] ?? (error.statusCode && error.statusCode < 500 ? 'bad_request' : undefined);
  if (code) return new EverturnError(code, `Cannot ${action}: ${error.message}`, { cause: error });
  return new EverturnError('internal', `Cannot ${action}: a defect in Everturn, see the log of the API`, {
    cause: error,
  });
};

const mediaType = 'application/problem+json';

const socketCodes: Record<string, ErrorCode> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

const socketWords: Partial<Record<ErrorCode, string>> = {
  headers_too_large: 'its headers are larger than 16 KiB together. Send fewer or shorter ones',
  request_timeout: 'it did not arrive in time. Send it again',
};

/** For input that never became a request and therefore gets no reply. */
const refuseSocket = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const code = socketCodes[error.code ?? ''] ?? 'bad_request';
  const known = new EverturnError(code, `Cannot read the request: ${socketWords[code] ?? 'it is not HTTP'}`);
  const body = JSON.stringify(toProblem(known));
  const head = [
    `HTTP/1.1 ${known.status} ${errorTable[code].meaning}`,
    `content-type: ${mediaType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  // A client that only writes would keep its half of the connection open.
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
};

type ProblemReply = Pick<FastifyReply, 'code' | 'type' | 'send'>;

const sendProblem = (reply: ProblemReply, error: EverturnError): unknown => {
  reply.code(error.status);
  reply.type(mediaType);
  return reply.send(JSON.stringify(toProblem(error)));
};

/** What is wrong before there is a route, in the words of the error table too. */
export const problemsBeforeRoutes: Pick<FastifyServerOptions, 'clientErrorHandler' | 'frameworkErrors'> = {
  clientErrorHandler: refuseSocket,
  frameworkErrors: (error, request, reply) => {
    sendProblem(reply as ProblemReply, toEverturnError(error, `${request.method} this address`));
  },
};

/** Every error leaves as application/problem+json with a row of the error table. */
export const registerProblems = (app: FastifyInstance): void => {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const known = toEverturnError(error, `${request.method} ${request.routeOptions.url ?? request.url}`);
    if (known.code === 'internal' || known.code === 'storage_full') request.log.error({ error }, 'request failed');
    return sendProblem(reply, known);
  });
  app.setNotFoundHandler((request, reply) => {
    if (sendMissingPage(request, reply)) return reply;
    const path = clipped(visibleInLine(request.url.split('?')[0] ?? ''), 200);
    throw new EverturnError('not_found', `Cannot ${request.method} ${path}: there is no such route`);
  });
};
