import { subjectOf } from '../brief.ts';
import { planCall } from '../plan-call.ts';
import type { Line } from '../results.ts';
import { doneBy } from '../task.ts';
import { bestLines, wordsFor, wordsIn } from './passages.ts';
import { counted, nothing, quoteOf, type Role, says, shorten } from './role.ts';

const mostPages = 5;
const addresses = (text: string): string[] =>
  [...new Set([...text.matchAll(/\bhttps?:\/\/[^\s"'<>`)\]]+/g)].map(([url]) => url.replace(/[.,;:]+$/, '')))].slice(
    0,
    mostPages,
  );

/** Lines of the pages whose addresses the prompt names. */
export const readPage: Role = {
  fits: (brief) => brief.tools.has('web_fetch') && addresses(brief.question).length > 0,
  next: (brief) => {
    if (doneBy(brief, 'web_fetch').length > 0) return nothing;
    const calls = addresses(brief.question).flatMap((url) => planCall(brief, 'web_fetch', { url }));
    return { thinking: 'I fetch the page that is named.', calls };
  },
  conclude: (brief) => {
    const words = wordsFor(brief);
    const pages = doneBy(brief, 'web_fetch');
    const lines = pages.flatMap(({ args, result }): Line[] =>
      result.split('\n').map((text, index) => ({
        path: Object.values(args).find((each) => /^https?:/.test(String(each))) as string,
        line: index + 1,
        text,
      })),
    );
    const found = bestLines(lines, words, subjectOf(brief)).map(({ path, text }) => ({
      file: path,
      quote: quoteOf(text),
      title: shorten(text, 60),
      note: `It has ${wordsIn(text, words)
        .map((word) => `“${word}”`)
        .join(' and ')}.`,
    }));
    const failed = pages.find(({ result }) => /^(Cannot|The request) /.test(result));
    const complaint = failed ? ` web_fetch said: ${shorten(failed.result, 200)}` : '';
    const about = `“${shorten(subjectOf(brief))}”`;
    return {
      about,
      found,
      queries: words,
      summary: says(
        `${counted(found.length, 'line')} found for ${about} on ${counted(pages.length, 'page')}.${complaint}`,
      ),
    };
  },
};
