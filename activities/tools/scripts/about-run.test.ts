import { expect, test } from 'vitest';
import { aboutRun } from './about-run.ts';

const assumed = { tokens: 20_000, dollars: null, of: 0 };
const measured = { tokens: 12_345, dollars: 0.0234, of: 57 };

test.each([
  [
    { agents: 3, orMore: false },
    assumed,
    {},
    '3 agents; roughly 60,000 tokens (20,000 tokens for each are assumed). It has no budget.',
  ],
  [
    { agents: 40, orMore: false },
    measured,
    { budget: { tokens: 500_000 } },
    'A large run: 40 agents (large is more than 25); roughly 490,000 tokens, $0.94 (by the average of the last 57 agents of scripts). Its budget is 500,000 tokens.',
  ],
  [
    { agents: 200, orMore: true },
    measured,
    {},
    'A large run: 200 or more agents (large is more than 25); roughly 2,500,000 tokens, $4.70 (by the average of the last 57 agents of scripts). It has no budget.',
  ],
  [
    { agents: 1, orMore: false },
    assumed,
    {},
    '1 agent; roughly 20,000 tokens (20,000 tokens for each are assumed). It has no budget.',
  ],
  [{ agents: 0, orMore: false }, assumed, {}, 'It starts no agents.'],
  [null, assumed, {}, 'How many agents it starts is not known before it runs. It has no budget.'],
])('%o', (estimate, typical, defaults, words) => {
  expect(aboutRun(estimate, typical, defaults)).toBe(words);
});
