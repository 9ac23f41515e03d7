import { submitResultName } from '../contracts/tools.ts';
import type { Brief } from './brief.ts';
import { withoutJson } from './claims.ts';
import type { Move } from './plan.ts';
import { fillResult } from './result/fill.ts';
import { checkClaims } from './roles/check-claims.ts';
import { checklist } from './roles/checklist.ts';
import { digest } from './roles/digest.ts';
import { findGaps } from './roles/find-gaps.ts';
import { listParts } from './roles/list-parts.ts';
import { objectTo } from './roles/object-to.ts';
import { findPassages } from './roles/passages.ts';
import { planSteps } from './roles/plan-steps.ts';
import { readPage } from './roles/read-page.ts';
import { reviewDiff } from './roles/review-diff.ts';
import { reviewGiven } from './roles/review-given.ts';
import { type Role, says, shorten } from './roles/role.ts';
import { scanFiles } from './roles/scan-files.ts';
import { splitQuestion } from './roles/split-question.ts';

const mostCalls = 80;
const mostTries = 3;

const roles: readonly Role[] = [
  reviewGiven,
  planSteps,
  objectTo,
  checklist,
  findGaps,
  checkClaims,
  digest,
  splitQuestion,
  listParts,
  reviewDiff,
  scanFiles,
  readPage,
];

/** By what the prompt asks; where it leaves that open, by what the agent is. */
const roleOf = (brief: Brief): Role => {
  const asked = withoutJson(brief.question);
  const both = `${asked}\n${brief.system}`;
  return roles.find((role) => role.fits(brief, asked)) ?? roles.find((role) => role.fits(brief, both)) ?? findPassages;
};

/** The next move towards a result in the form of the schema: what the role finds out, then the call that hands it in. */
export const handIn = (brief: Brief): Move => {
  const role = roleOf(brief);
  const { thinking, calls } = role.next(brief);
  const isRefused = brief.refused.length > 0;
  if (calls.length > 0 && !isRefused && brief.done.length < mostCalls) return { thinking, text: '', calls };
  if (brief.refused.length >= mostTries) {
    const said = shorten(brief.refused.at(-1) ?? '', 400);
    return {
      thinking: 'It was refused each time.',
      text: says(`I cannot fill in this schema. The last refusal: ${said}`),
      calls: [],
    };
  }
  const evidence = role.conclude(brief);
  // What was found may be what does not fit.
  const usable = brief.refused.length > 1 ? { ...evidence, found: [] } : evidence;
  const result = fillResult(brief.schema, usable);
  return {
    thinking: 'I hand in what I found.',
    text: evidence.summary,
    calls: [{ tool: submitResultName, args: { result } }],
  };
};
