import { submitResultName } from '../contracts/tools.ts';
import type { Brief } from './brief.ts';
import { type Evidence, fillResult } from './fill.ts';
import type { Move } from './plan.ts';
import { shorten } from './results.ts';
import { rolesOf } from './roles.ts';

const maxTries = 3;
const says = (text: string): string => `[offline model] ${text}`;

/** The next move towards a result in the form of the schema: what to look up, then the call that hands it in. */
export const handIn = (brief: Brief): Move => {
  const refusal = brief.refused.at(-1);
  if (refusal !== undefined && brief.refused.length >= maxTries) {
    const text = `I cannot fill in this schema. The last refusal: ${shorten(refusal, 400)}`;
    return { thinking: 'It was refused each time.', text: says(text), calls: [] };
  }
  const role = rolesOf(brief);
  const { thinking, calls } = role.next(brief);
  if (calls.length > 0 && refusal === undefined) return { thinking, text: '', calls };
  const concluded = role.conclude(brief);
  // What was found may be what does not fit.
  const found = brief.refused.length > 1 ? [] : concluded.found;
  const evidence: Evidence = { ...concluded, found, summary: says(concluded.summary) };
  const result = fillResult(brief.schema as object, evidence);
  return {
    thinking: 'I hand in what I found.',
    text: evidence.summary,
    calls: [{ tool: submitResultName, args: { result } }],
  };
};
