import { existsSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { EverturnError } from '../../contracts/errors.ts';
import { Rerun, Run } from '../../contracts/runs.ts';
import { checkAllowance } from '../../contracts/untrusted.ts';
import { createFindFlow } from '../../definitions/find-flow.ts';
import { createFindScript } from '../../definitions/find-script.ts';
import { checkInput } from '../../sandbox/run-input.ts';
import type { Act } from '../../store/audit.ts';
import type { StoredFlowRun, StoredScriptRun } from '../../store/runs.ts';
import { acts } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, RouteContext } from '../context.ts';
import { idFor } from '../ids.ts';
import { findRun, storedRun } from '../services/runs.ts';
import { IdempotencyHeader, RunParams, runBodyLimit } from './shared.ts';

/** What a run was started with was judged then. */
const asStored = <T extends StoredFlowRun | StoredScriptRun>(stored: T) => ({
  file: stored,
  definition: stored.definition as T['definition'],
  trusted: true,
});

export const runControlRoutes = (app: Api, { store, gateway, definitions, starts, about }: RouteContext): void => {
  const findFlow = createFindFlow(definitions);
  const findScript = createFindScript(definitions);

  /** Throws `run_not_found`, `run_ended`. */
  const running = async (action: string, id: string): Promise<Run> => {
    const run = await findRun(store, id);
    if (run.status === 'running') return run;
    throw new EverturnError('run_ended', `Cannot ${action} run ${id}: it is ${run.status} since ${run.endedAt}`, {
      details: { run },
    });
  };

  app.post(
    '/api/runs/:id/cancel',
    { config: acts('run.cancel'), schema: { params: RunParams, headers: IdempotencyHeader, response: { 200: Run } } },
    async (request) => {
      const { id } = request.params;
      await running('cancel', id);
      // Before its workflow is notified: an act without its record would be worse than a record without its act.
      await store.audit.write(actOf(request, id));
      if (!(await gateway.cancelRun(id))) {
        await store.runs.settle(id, {
          status: 'cancelled',
          code: 'run_cancelled',
          reason: 'Cancelled; it had no workflow',
          output: undefined,
        });
        store.wakeRun(id);
        store.wakeQueue();
      }
      return await findRun(store, id);
    },
  );

  const setPaused = async (by: Act, paused: boolean): Promise<Run> => {
    const id = by.target;
    await running(paused ? 'pause' : 'resume', id);
    await store.act(by, ({ runs }) => runs.pause(id, paused));
    store.wakeRun(id);
    store.wakeQueue();
    // Notified again if the row already says so: an earlier request may not have got this far.
    await gateway.notifyPaused(id, paused);
    return await findRun(store, id);
  };
  for (const [verb, paused] of [
    ['pause', true],
    ['resume', false],
  ] as const) {
    app.post(
      `/api/runs/:id/${verb}`,
      {
        config: acts(`run.${verb}`),
        schema: { params: RunParams, headers: IdempotencyHeader, response: { 200: Run } },
      },
      async (request) => await setPaused(actOf(request, request.params.id), paused),
    );
  }

  /** A file of the same name here is not what a run of another project was started with. */
  const checkProject = ({ id, origin, file }: StoredFlowRun): void => {
    const isHere = !path.relative(about.workspace, file).startsWith('..');
    if (origin !== 'project' || isHere || !existsSync(file)) return;
    throw new EverturnError(
      'flow_not_found',
      `Cannot re-run ${id} with the file as it is now: ${file} belongs to another project than ${about.workspace}. Use the definition it was started with: "original"`,
    );
  };

  const flowAgain = async (stored: StoredFlowRun, body: z.output<typeof Rerun>) => {
    if (body.definition === 'current') checkProject(stored);
    const { file, definition, trusted } =
      body.definition === 'original' ? asStored(stored) : await findFlow(stored.name);
    checkAllowance(`the flow ${stored.name}`, trusted, stored.allow);
    const { flow } = definition;
    if (body.from !== undefined && !flow.steps.some((step) => step.id === body.from)) {
      const steps = flow.steps.slice(0, 50).map((step) => step.id);
      throw new EverturnError(
        'step_not_found',
        `Cannot re-run ${stored.id} from ${body.from}: ${stored.name} has no such step. It has ${steps.join(', ')}`,
      );
    }
    const { source, file: place, origin } = file;
    const from = body.from === undefined || body.fresh ? {} : { fromStep: body.from };
    return {
      kind: 'flow' as const,
      definition,
      source,
      file: place,
      origin,
      ...from,
      input: checkInput(flow, body.input ?? stored.input),
    };
  };

  const scriptAgain = async (stored: StoredScriptRun, body: z.output<typeof Rerun>) => {
    // A script that was started by its path is found there again.
    const again = () => findScript(stored.name).catch(() => findScript(stored.file));
    const { file, definition, trusted } = body.definition === 'original' ? asStored(stored) : await again();
    checkAllowance(`the script ${stored.name}`, trusted, stored.allow);
    const { source, file: place, origin } = file;
    return {
      kind: 'script' as const,
      definition,
      source,
      file: place,
      origin,
      input: body.args === undefined ? (stored.hasInput ? stored.input : undefined) : body.args,
      budget: body.budget ?? stored.budget ?? undefined,
      concurrency: stored.concurrency ?? undefined,
      freshAgents: body.freshAgents,
      allowEmpty: body.allowEmpty ?? stored.allowEmpty,
      timeLimitMs: stored.timeLimitMs ?? undefined,
      reuse: stored.reuse ?? undefined,
    };
  };

  app.post(
    '/api/runs/:id/rerun',
    {
      config: acts('run.rerun'),
      bodyLimit: runBodyLimit,
      schema: { params: RunParams, headers: IdempotencyHeader, body: Rerun, response: { 201: Run } },
    },
    async (request, reply) => {
      const { headers, body } = request;
      const { id } = request.params;
      const stored = await storedRun(store, id);
      if (stored.status === 'running') {
        throw new EverturnError('run_active', `Cannot re-run ${id}: it has not ended. Cancel it, or wait for its end`);
      }
      const again = stored.kind === 'flow' ? await flowAgain(stored, body) : await scriptAgain(stored, body);
      const newId = idFor('r', `rerun ${id}`, headers['idempotency-key']);
      const run = await starts.start({
        ...again,
        id: newId,
        name: stored.name,
        workspace: stored.workspace,
        allow: stored.allow,
        trigger: 'manual',
        // Results are looked for in the run that is re-run, and nowhere else.
        ...(body.fresh ? {} : { rerunOf: id }),
        by: actOf(request, id, { detail: { run: newId, name: stored.name }, key: `run.rerun ${newId}` }),
      });
      return reply.code(201).send(run);
    },
  );
};
