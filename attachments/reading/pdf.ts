import { getDocumentProxy } from 'unpdf';
import { maxFileCharacters } from '../../contracts/attachment-limits.ts';
import { Damaged } from '../damaged.ts';

/** Read on beyond what a model gets, to say how much is left; a longer text is not counted to its end. */
const maxCounted = 10 * maxFileCharacters;

export type ReadText = { pages: number | null; text: string; characters: number };

type Item = { str?: string; hasEOL?: boolean };

const explain = (error: unknown): Damaged => {
  const { name = '', message = String(error) } = error instanceof Error ? error : {};
  if (name === 'PasswordException') return new Damaged('it is locked with a password. Attach it without one');
  return new Damaged(`it is damaged or cut off (${message.split('\n')[0]?.slice(0, 200)})`);
};

/** The text of a PDF, page by page. Throws `Damaged`. */
export const readPdf = async (bytes: Buffer): Promise<ReadText> => {
  try {
    const pdf = await getDocumentProxy(new Uint8Array(bytes), { isEvalSupported: false, verbosity: 0 });
    let text = '';
    for (let number = 1; number <= pdf.numPages && text.length < maxCounted; number++) {
      const page = await pdf.getPage(number);
      const { items } = await page.getTextContent();
      const lines = (items as Item[]).map(({ str = '', hasEOL }) => (hasEOL ? `${str}\n` : str)).join('');
      text += `${text === '' ? '' : '\n\n'}${lines}`;
      page.cleanup();
    }
    return { pages: pdf.numPages, text: text.slice(0, maxFileCharacters).toWellFormed(), characters: text.length };
  } catch (error) {
    throw explain(error);
  }
};
