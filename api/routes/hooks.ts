import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { EverturnError } from '../../contracts/errors.ts';
import { HookedRun } from '../../contracts/run-detail.ts';
import type { Api, RouteContext } from '../context.ts';
import { readBody } from '../hooks/read-body.ts';
import { isSignature, isSigned, signatureHeader } from '../hooks/signature.ts';
import { idFor } from '../ids.ts';
import { isSecret } from '../secrets.ts';
import { FlowParams, IdempotencyHeader } from './shared.ts';

/** Ours, and that of GitLab. */
const secretHeaders = ['x-everturn-secret', 'x-gitlab-token'];

/** GitHub repeats a delivery under its own id. */
const HookHeaders = IdempotencyHeader.extend({ 'x-github-delivery': z.string().min(1).max(200).optional() });

const textOf = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
};

const refused = (): EverturnError =>
  new EverturnError(
    'webhook_refused',
    `Cannot accept the webhook: send the secret of the flow as the header ${secretHeaders[0]}, or a signature of the body by it as ${signatureHeader}`,
  );

/** For programs elsewhere, which have no token: each flow that asks for it has a secret of its own. */
export const hookRoutes = (app: Api, { definitions, starts, about, variables }: RouteContext): void => {
  const secretOf = (name: string): string | null => {
    const flow = definitions.flows().find((found) => found.name === name);
    const secretEnv = flow?.trusted ? flow.definition?.webhook?.secretEnv : undefined;
    return (secretEnv && variables[secretEnv]) || null;
  };

  app.post(
    '/api/hooks/:name',
    {
      config: { needs: 'secret', audit: 'run.start' },
      schema: {
        params: FlowParams,
        headers: HookHeaders,
        body: z.record(z.string(), z.unknown()),
        response: { 202: HookedRun },
      },
      // Before the body is parsed: who has no secret learns nothing, not even whether there is such a flow.
      onRequest: async ({ headers, params }) => {
        const given = secretHeaders.map((name) => textOf(headers, name)).find((value) => value !== undefined);
        if (given === undefined && isSignature(textOf(headers, signatureHeader))) return;
        if (!isSecret(given ?? '', secretOf((params as z.output<typeof FlowParams>).name))) throw refused();
      },
      preParsing: async ({ headers, params, routeOptions: { bodyLimit } }, _reply, payload) => {
        if (secretHeaders.some((name) => textOf(headers, name) !== undefined)) return payload;
        const body = await readBody(payload, headers['content-length'], bodyLimit);
        const secret = secretOf((params as z.output<typeof FlowParams>).name);
        if (!isSigned(body, textOf(headers, signatureHeader) ?? '', secret)) throw refused();
        return Readable.from([body]);
      },
    },
    async ({ params: { name }, headers, body }, reply) => {
      const runId = idFor('r', `hook ${name}`, headers['idempotency-key'] ?? headers['x-github-delivery']);
      const { id } = await starts.startFlow(name, body, {
        id: runId,
        workspace: about.workspace,
        allow: [],
        trigger: 'webhook',
        by: {
          user: `webhook ${name}`,
          role: 'webhook',
          action: 'run.start',
          target: runId,
          detail: { flow: name },
          key: `run.start ${runId}`,
        },
      });
      return reply.code(202).send({ runId: id });
    },
  );
};
