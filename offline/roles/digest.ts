import { labelled } from '../brief.ts';
import { claimsIn } from '../claims.ts';
import { counted, nothing, type Role, says, shorten } from './role.ts';

/** What the prompt holds is handed on, each with its place: no word is added. */
export const digest: Role = {
  fits: (brief) => !brief.asksWhether && claimsIn(brief.question).length > 0,
  next: () => nothing,
  conclude: (brief) => {
    const found = claimsIn(brief.question);
    const about = labelled(brief, 'question', 'topic', 'subject', 'task');
    return {
      about: about ? `“${shorten(about)}”` : 'what is asked',
      found,
      queries: [],
      summary: says(
        `I do not reason, so this is no answer${about ? ` to “${shorten(about, 200)}”` : ''} in words of its own: it is ${counted(found.length, 'quotation')}, picked by the words they share with what was asked. Configure a model in everturn.yaml for conclusions.`,
      ),
    };
  },
};
