import { Context } from '@temporalio/activity';
import type { Prepared, StepRef } from '../../contracts/activities.ts';
import { prepareTool } from '../script/tool-call.ts';
import { prepareAgent } from './agent-step.ts';
import { prepareApproval } from './approval-step.ts';
import { checkAsked } from './asked.ts';
import { failed, openAttempt, type StepAttempt, settled } from './attempt.ts';
import { runCode } from './code-step.ts';
import { prepareFlow } from './flow-step.ts';
import { prepareMap } from './map-step.ts';
import type { RunDependencies } from './run-dependencies.ts';
import { chooseBranch } from './switch-step.ts';

const ended = new Set(['completed', 'failed', 'skipped', 'excluded', 'cancelled', 'timed_out']);

const prepare = async (attempt: StepAttempt, dependencies: RunDependencies): Promise<Prepared> => {
  switch (attempt.kind) {
    case 'agent':
      return await prepareAgent(
        attempt,
        dependencies.models.choice,
        dependencies.agentsAtOnce,
        dependencies.tools.map(({ name }) => name),
      );
    case 'code':
      return await runCode(attempt);
    case 'approval':
      return await prepareApproval(attempt);
    case 'switch':
      return await chooseBranch(attempt);
    case 'map':
      return await prepareMap(attempt);
    case 'flow':
      return await prepareFlow(attempt);
    case 'tool':
      return await prepareTool(attempt, dependencies, Context.current().cancellationSignal);
    default:
      throw new Error(`A ${attempt.kind} has no workflow of its own`);
  }
};

/** The condition belongs to the step, not to its items. */
const isWanted = async ({ step, stepRef, evaluator }: StepAttempt): Promise<boolean> =>
  stepRef.index !== null ||
  step.when === undefined ||
  Boolean(await evaluator.evaluate({ kind: 'expression', text: step.when, field: 'when' }));

export const createPrepareStep =
  (dependencies: RunDependencies) =>
  async ({ attempt: number, ...stepRef }: StepRef & { attempt: number }): Promise<Prepared> => {
    const { cancellationSignal } = Context.current();
    const node = await dependencies.store.nodes.find(stepRef);
    if (node && ended.has(node.status)) return settled(node.status, node.chosen ?? undefined);
    const attempt = await openAttempt(dependencies, stepRef, number, node?.item ?? null, cancellationSignal);
    await checkAsked(attempt, node);
    try {
      if (!(await isWanted(attempt))) {
        return settled(
          await attempt.put({ status: 'skipped', reason: `Its condition does not hold: ${attempt.step.when}` }),
        );
      }
      return await prepare(attempt, dependencies);
    } catch (error) {
      cancellationSignal.throwIfAborted();
      return await failed(attempt, error);
    }
  };
