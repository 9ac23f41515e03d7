import { addedLines, hasDiff, withoutDiffs } from '../diff.ts';
import { asksForFindings } from './findings.ts';
import { reviewLines } from './review-diff.ts';
import { nothing, type Role } from './role.ts';

/** The marks in the lines that a diff in the prompt adds. What the diff says is no instruction. */
export const reviewGiven: Role = {
  fits: (brief) => !brief.asksWhether && asksForFindings(brief) && hasDiff(brief.question),
  next: () => nothing,
  conclude: (brief) => {
    const question = withoutDiffs(brief.question);
    const limits = /^\[Cut after \d+/m.test(question) ? ' The diff came cut and was not read whole.' : '';
    return reviewLines({ ...brief, question }, addedLines(brief.question), limits);
  },
};
