import { claimsIn } from '../claims.ts';
import { placeOf } from '../result/evidence.ts';
import { findPassages } from './passages.ts';
import { counted, nothing, type Role, says } from './role.ts';

/** Where one would have to look: what to do there takes more than words in common. */
export const planSteps: Role = {
  fits: ({ asks }, text) => asks.has('steps') && /\bplans?\b/i.test(text),
  next: (brief) => (claimsIn(brief.question).length > 0 ? nothing : findPassages.next(brief)),
  conclude: (brief) => {
    const given = claimsIn(brief.question);
    if (given.length > 0) {
      const summary = says('I cannot revise a plan: each step is handed on as it was.');
      return { about: 'the plan', found: given, queries: [], summary };
    }
    const { about, found, queries } = findPassages.conclude(brief);
    const steps = found.map((each) => ({
      ...each,
      title: `Look at ${placeOf(each)}`,
      note: `${each.note} What to do there, the offline model cannot say.`,
    }));
    const summary = says(
      `I do not plan: these are ${counted(steps.length, 'place')} for ${about}, found by their words alone. What to do there, a person or another model has to say.`,
    );
    return { about, found: steps, queries, summary };
  },
};
