import { z } from 'zod';
import { EverturnError } from '../../contracts/errors.ts';
import { defineTool, ok } from './define.ts';
import { failed } from './failed.ts';
import { noNul, quote } from './text.ts';
import type { Tool, ToolContext } from './tool.ts';
import { fetchPage, type Page } from './web/fetch-page.ts';
import { htmlText } from './web/html-text.ts';
import { isPublicAddress } from './web/public-address.ts';
import type { AddressCheck } from './web/request.ts';

const maxSeconds = 20;
const maxCharacters = 50_000;

export const webFetchName = 'web_fetch';

/** The innermost message: of a connection that failed on every address it has none of its own. */
const reasonOf = (error: unknown): string => {
  const root = error instanceof AggregateError ? error.errors[0] : error;
  return root instanceof Error ? root.message || root.name : String(root);
};

const load = async (
  url: string,
  { signal, hostRefusal }: Pick<ToolContext, 'signal' | 'hostRefusal'>,
  isAllowed: AddressCheck,
): Promise<Page> => {
  const timeout = AbortSignal.timeout(maxSeconds * 1000);
  try {
    return await fetchPage(url, AbortSignal.any([signal, timeout]), isAllowed, hostRefusal);
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted) throw failed(`it took longer than ${maxSeconds} s`, error);
    if (error instanceof EverturnError) throw error;
    throw failed(reasonOf(error), error);
  }
};

/** `isAllowed` is asked for every address that is connected to. */
export const createWebFetch = (isAllowed: AddressCheck = isPublicAddress): Tool =>
  defineTool({
    name: webFetchName,
    description:
      'Fetch a page of the public web by its URL, with GET. HTML comes as its text. Only text is read, of that the first 2 MB; long texts come in windows: use offset for the next one.',
    parameters: z.strictObject({
      url: noNul.min(1).max(4000).describe('Such as https://example.org/page'),
      offset: z.int().min(0).default(0).describe('Characters of the text to leave out at its beginning'),
    }),
    effect: 'pure',
    permission: 'read',
    doing: ({ url }) => `fetch ${quote(url)}`,
    async run({ url, offset }, context) {
      const page = await load(url, context, isAllowed);
      const text = page.isHtml ? htmlText(page.text) : page.text;
      if (text === '') return ok('[The page has no text]');
      if (offset >= text.length) throw failed(`offset ${offset} is after its last character, ${text.length}`);
      const end = offset + maxCharacters;
      const notes = [
        ...(end < text.length ? [`[${text.length - end} more characters. Continue with offset ${end}.]`] : []),
        ...(page.isCut ? ['[The page is longer than 2 MB: the rest was not read.]'] : []),
      ];
      const moved = page.url.href === new URL(url).href ? [] : [`[Redirected to ${page.url.href}]`];
      return ok([...moved, text.slice(offset, end), ...notes].join('\n'));
    },
  });
