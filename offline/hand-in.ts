import { submitResultName } from '../contracts/tools.ts';
import type { Brief } from './brief.ts';
import { fillResult } from './fill.ts';
import { shorten } from './results.ts';
import { roleOf } from './roles.ts';
import { look, type Move, say } from './task.ts';

const maxTries = 3;

/** The next move towards a result in the form of the schema: what to look up, then the call that hands it in. */
export const handIn = (brief: Brief): Move => {
  const refusal = brief.refused.at(-1);
  if (refusal !== undefined && brief.refused.length >= maxTries) {
    return say('It was refused each time.', `I cannot fill in this schema. The last refusal: ${shorten(refusal, 400)}`);
  }
  const role = roleOf(brief);
  const lookUp = brief.done.length > 0 ? null : look('I look up what the task names.', role.calls(brief));
  if (lookUp) return lookUp;
  const { found, summary } = role.conclude(brief);
  const failed = brief.done.find(({ result }) => result.startsWith('Cannot '));
  const complaint = failed && refusal === undefined ? ` ${failed.tool} said: ${shorten(failed.result, 300)}` : '';
  const move = say('I hand in what I found.', summary + complaint);
  // After two refusals the evidence itself may be what does not fit.
  const evidence = { found: brief.refused.length > 1 ? [] : found, summary: move.text };
  return { ...move, calls: [{ tool: submitResultName, args: { result: fillResult(brief.schema, evidence) } }] };
};
