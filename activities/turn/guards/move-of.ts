import type { TurnLimits } from '../../../contracts/turn-limits.ts';
import type { StepContext } from '../../../store/requests.ts';
import { decide, type Move } from './decide.ts';

type Options = Pick<StepContext, 'transcript' | 'definition'>;

/** What a step does by its transcript; its agent may have a limit of its own. */
export const moveOf = (
  { transcript, definition }: Options,
  { turn, step }: { turn: number; step: number },
  limits: TurnLimits,
): Move =>
  decide(
    { transcript, turn, step },
    {
      ...limits,
      refusedResults: definition?.resultTries ?? limits.refusedResults,
      stepsPerTurn: definition?.stepsPerTurn ?? limits.stepsPerTurn,
    },
  );
