import type { Concluded, StepRef } from '../../contracts/activities.ts';
import { concludeTool } from '../script/tool-call.ts';
import { concludeAgent } from './agent-step.ts';
import { concludeApproval } from './approval-step.ts';
import { failed, openAttempt } from './attempt.ts';
import { concludeFlow } from './flow-step.ts';
import { concludeMap } from './map-step.ts';
import type { RunDependencies } from './run-dependencies.ts';

export const createConcludeStep =
  (dependencies: RunDependencies) =>
  async ({
    attempt: number,
    repairs,
    ...stepRef
  }: StepRef & { attempt: number; repairs: number }): Promise<Concluded> => {
    const attempt = await openAttempt(dependencies, stepRef, number, null);
    try {
      switch (attempt.kind) {
        case 'agent':
          return await concludeAgent(attempt, repairs);
        case 'tool':
          return await concludeTool(attempt);
        case 'approval':
          return await concludeApproval(attempt);
        case 'map':
          return await concludeMap(attempt);
        case 'flow':
          return await concludeFlow(attempt);
        default:
          throw new Error(`A step of kind ${attempt.kind} ends when it is prepared`);
      }
    } catch (error) {
      return await failed(attempt, error);
    }
  };
