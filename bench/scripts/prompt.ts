import { planText } from '../model/plan.ts';

/** What an agent is asked that answers at once, without a tool. */
export const prompt = (filler = ''): string => planText({ calls: 0, pieces: 1 }, filler);
