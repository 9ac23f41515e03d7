import { z } from 'zod';
import { EverturnError } from '../../contracts/errors.ts';
import { HookedRun } from '../../contracts/run-detail.ts';
import type { Api, RouteContext } from '../context.ts';
import { idFor } from '../ids.ts';
import { isSecret } from '../secrets.ts';
import { FlowParams, IdempotencyHeader } from './shared.ts';

const secretHeader = 'x-everturn-secret';

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
        headers: IdempotencyHeader,
        body: z.record(z.string(), z.unknown()),
        response: { 202: HookedRun },
      },
      // Before the body is read: who has no secret learns nothing, not even whether there is such a flow.
      onRequest: async (request) => {
        const { name } = request.params as z.output<typeof FlowParams>;
        const given = request.headers[secretHeader];
        if (isSecret(typeof given === 'string' ? given : '', secretOf(name))) return;
        throw new EverturnError(
          'webhook_refused',
          `Cannot accept the webhook: send the secret of the flow as the header ${secretHeader}`,
        );
      },
    },
    async ({ params: { name }, headers, body }, reply) => {
      const runId = idFor('r', `hook ${name}`, headers['idempotency-key']);
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
