import { proxyActivities } from '@temporalio/workflow';
import type { CapacityActivities } from './activities.ts';

export { bareSession, bareTurn } from '../../turn/bare/workflows.ts';

const { wholeTurn } = proxyActivities<CapacityActivities>({
  startToCloseTimeout: '2h',
  retry: { initialInterval: '200ms' },
});

export type TurnInput = { session: string; turn: number; text: string };

/** The least that Temporal can do for a turn: a crash repeats all of it. */
export async function turnInOneActivity(input: TurnInput): Promise<void> {
  await wholeTurn(input);
}
