import { reportedCost } from '../usage.ts';
import { type Dialect, isHost } from './dialect.ts';

/** It translates an effort into what the model behind it knows. */
export const openrouter: Dialect = {
  name: 'openrouter',
  isAt: (url) => isHost(url, 'openrouter.ai'),
  cost: reportedCost,
  effort: (effort) => ({ reasoning: { effort: effort === 'max' ? 'xhigh' : effort } }),
};
