import type { StepResult } from '../../contracts/activities.ts';
import type { Operation } from '../../store/operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { type Outcome, sealed } from './attempt.ts';
import { errorOf, toChunks } from './calls.ts';
import type { Move } from './guards/decide.ts';

/** The step that ends the turn as failed, without asking the model. */
export const stopTurn = (
  dependencies: Dependencies,
  { operation, model }: { operation: Operation; model: string },
  { body }: Extract<Move, { kind: 'stop' }>,
): Promise<Outcome<StepResult>> =>
  sealed<StepResult>(dependencies, {
    operation,
    name: model,
    started: { model },
    run: async () => ({
      result: { outcome: 'finished', code: body.code } satisfies StepResult,
      chunks: toChunks([], [body], [errorOf(body.code)]),
      span: { status: 'error', attributes: { code: body.code, message: body.text } },
      settle: { failed: body.code },
    }),
  });
