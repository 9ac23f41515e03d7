import { getDocumentProxy } from 'unpdf';
import { mostFileCharacters } from '../../contracts/attachment-limits.ts';
import { Damaged } from '../damaged.ts';

/** Read on beyond what a model gets, to say how much is left; a longer text is not counted to its end. */
const mostCounted = 10 * mostFileCharacters;

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
    for (let number = 1; number <= pdf.numPages && text.length < mostCounted; number++) {
      const page = await pdf.getPage(number);
      const { items } = await page.getTextContent();
      const lines = (items as Item[]).map(({ str = '', hasEOL }) => (hasEOL ? `${str}\n` : str)).join('');
      text += `${text === '' ? '' : '\n\n'}${lines}`;
      page.cleanup();
    }
    return { pages: pdf.numPages, text: text.slice(0, mostFileCharacters).toWellFormed(), characters: text.length };
  } catch (error) {
    throw explain(error);
  }
};
