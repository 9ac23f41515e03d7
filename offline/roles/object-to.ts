import { checkClaims } from './check-claims.ts';
import { counted, type Role, says } from './role.ts';

/** Objects to what names a place that is not there; anything else takes judgement. */
export const objectTo: Role = {
  fits: ({ asks }, text) => asks.has('objections') && /\b(objections?|objects?|critici[sz]e|critics?)\b/i.test(text),
  next: checkClaims.next,
  conclude: (brief) => {
    const { found } = checkClaims.conclude(brief);
    const lost = found
      .filter(({ holds, quote }) => holds === false && quote !== undefined)
      .map((each) => ({ ...each, title: each.note }));
    const summary = says(
      `I looked only whether the places are there: ${found.length - lost.length} of ${counted(found.length, 'place')} are. Whether the plan is good, I cannot judge.`,
    );
    return { about: 'the plan', found: lost, queries: [], summary };
  },
};
