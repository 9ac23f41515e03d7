import { z } from 'zod';
import { TerminateWorkflow, WorkflowFacts, WorkflowMachines } from '../../contracts/workflows.ts';
import { acts, administers, viewer } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, ApiContext } from '../context.ts';
import { createWorkflows } from '../services/workflows.ts';

const Params = z.object({ id: z.string().min(1).max(300) });
const ActivityParams = Params.extend({ activity: z.string().min(1).max(100) });

/** Workflows as Temporal sees them, by their ids: what turns, runs and steps have in common. */
export const workflowRoutes = (app: Api, { store, gateway }: ApiContext): void => {
  const workflows = createWorkflows(gateway);

  app.get(
    '/api/workflows/:id',
    { config: viewer, schema: { params: Params, response: { 200: WorkflowFacts } } },
    async ({ params }) => workflows.facts(params.id),
  );

  app.get(
    '/api/workflows/:id/machine',
    { config: viewer, schema: { params: Params, response: { 200: WorkflowMachines } } },
    async ({ params }) => workflows.machines(params.id),
  );

  // Each act is on record before Temporal is asked.
  app.post(
    '/api/workflows/:id/cancel',
    { config: acts('workflow.cancel'), schema: { params: Params, response: { 202: WorkflowFacts } } },
    async (request, reply) => {
      const { id } = request.params;
      await workflows.running('cancel', id);
      await store.audit.write(actOf(request, id));
      await gateway.cancelWorkflow(id);
      return reply.code(202).send(await workflows.facts(id));
    },
  );

  app.post(
    '/api/workflows/:id/terminate',
    {
      config: administers('workflow.terminate'),
      schema: { params: Params, body: TerminateWorkflow, response: { 202: WorkflowFacts } },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { reason } = request.body;
      await workflows.running('terminate', id);
      const act = actOf(request, id);
      await store.audit.write(act);
      await gateway.terminate(id, `${act.user}: ${reason}`);
      return reply.code(202).send(await workflows.facts(id));
    },
  );

  app.post(
    '/api/workflows/:id/activities/:activity/retry',
    { config: acts('workflow.retry'), schema: { params: ActivityParams, response: { 202: WorkflowFacts } } },
    async (request, reply) => {
      const { id, activity } = request.params;
      const facts = await workflows.running('retry an activity of', id);
      workflows.backingOff(facts, activity);
      await store.audit.write(actOf(request, id, { detail: { activity } }));
      await gateway.retryActivity(facts, activity);
      return reply.code(202).send(await workflows.facts(id));
    },
  );
};
