import type { RunDefaults } from '../../../contracts/run-defaults.ts';
import { largeRun } from '../../../contracts/script.ts';

/** As the check estimates it. */
type Estimate = { agents: number; orMore: boolean };

/** What an agent takes on average. `of`: agents that this was measured on; 0: it is assumed. */
export type TypicalAgent = { tokens: number; dollars: number | null; of: number };

const number = (value: number): string => value.toLocaleString('en-US');
/** Two digits are all that is known. */
const rough = (value: number): number => Number(value.toPrecision(2));
const money = (value: number): string => `$${value < 1 ? value.toPrecision(2) : rough(value).toFixed(2)}`;

/** What the person who allows a run should know of its size. */
export const aboutRun = (
  estimate: Estimate | null,
  { tokens, dollars, of }: TypicalAgent,
  { budget }: RunDefaults,
): string => {
  const limit = budget?.tokens === undefined ? 'It has no budget.' : `Its budget is ${number(budget.tokens)} tokens.`;
  if (!estimate || (estimate.agents === 0 && estimate.orMore))
    return `How many agents it starts is not known before it runs. ${limit}`;
  const { agents, orMore } = estimate;
  if (agents === 0) return 'It starts no agents.';
  const count = `${number(agents)}${orMore ? ' or more' : ''} ${agents === 1 && !orMore ? 'agent' : 'agents'}`;
  const size = agents > largeRun ? `A large run: ${count} (large is more than ${largeRun})` : count;
  const cost = dollars === null ? '' : `, ${money(dollars * agents)}`;
  const basis =
    of === 0
      ? `${number(tokens)} tokens for each are assumed`
      : `by the average of the last ${number(of)} agents of scripts`;
  return `${size}; roughly ${number(rough(tokens * agents))} tokens${cost} (${basis}). ${limit}`;
};
