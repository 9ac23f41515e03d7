import { createBareActivities } from '../../turn/bare/activities.ts';
import { runTurn } from '../../turn/floor/run-turn.ts';
import type { Floor } from '../../turn/floor/steps.ts';
import type { TurnInput } from './workflows.ts';

export const createCapacityActivities = (floor: Floor) => ({
  ...createBareActivities(floor),
  wholeTurn: ({ session, turn, text }: TurnInput): Promise<void> => runTurn(floor, session, turn, text),
});

export type CapacityActivities = ReturnType<typeof createCapacityActivities>;
