import { jsonIn } from '../claims.ts';
import type { Found } from '../result/evidence.ts';
import { counted, nothing, type Role, says } from './role.ts';

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** `{ number, check }`, in any array of the prompt. */
const pointsIn = (text: string): Found[] =>
  jsonIn(text)
    .flatMap((value) => (Array.isArray(value) ? value : []))
    .filter(isRecord)
    .flatMap(({ number, check }) =>
      typeof number === 'number' && typeof check === 'string'
        ? [{ title: check, number, isOpen: true, note: 'This takes judgement, which the offline model does not have.' }]
        : [],
    );

/** Nothing on a list of points to judge is judged. */
export const checklist: Role = {
  fits: (brief) => brief.asks.has('checks') && pointsIn(brief.question).length > 0,
  next: () => nothing,
  conclude: (brief) => {
    const found = pointsIn(brief.question);
    const summary = says(`I cannot judge any of ${counted(found.length, 'point')}.`);
    return { about: 'the checklist', found, queries: [], summary };
  },
};
