import { createRandom } from '../support/random.ts';
import type { Target } from '../support/stack.ts';
import { whileApprovalWaits } from './approval.ts';
import type { CrashOptions } from './options.ts';
import type { Plan } from './plan.ts';
import { inModelCall, inPureTool, inTool } from './plans.ts';
import { atRandomMoment } from './random.ts';

const planned = (only: readonly Target[]): Plan[] => [
  ...only.map((target) => inModelCall([target])),
  ...only.map((target) => inTool([target])),
  ...only.filter((target) => target === 'worker').map((target) => inPureTool([target])),
  whileApprovalWaits(1_000),
  whileApprovalWaits(0),
];

/** Everything that is to be played, in order. */
export const programOf = ({ only, rounds, random }: CrashOptions): Plan[] => {
  if (!random) return Array.from({ length: rounds }, () => planned(only)).flat();
  const next = createRandom(random.seed);
  return Array.from({ length: random.count }, () => atRandomMoment(next, only));
};
