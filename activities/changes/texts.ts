import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The text of a file, with its byte order mark; null for one that is binary or not UTF-8. */
export const textOf = (bytes: Buffer): string | null =>
  isUtf8(bytes) && !bytes.includes(0) ? bytes.toString('utf8') : null;

/** Why a content is not a text that can be edited. */
export const refusalOfText = (bytes: Buffer): string => {
  const [first, second] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return isUtf16
    ? 'it is UTF-16; an edit would damage it. Convert it to UTF-8 first'
    : 'it is binary or not UTF-8; an edit would damage it';
};

const byteOrderMark = '\uFEFF';

/** The break that all lines of a text end with; null if there is none, or more than one. */
const onlyBreak = (text: string): '\n' | '\r\n' | null => {
  const all = text.split('\n').length - 1;
  const crlf = text.split('\r\n').length - 1;
  if (all === 0) return null;
  return crlf === all ? '\r\n' : crlf === 0 ? '\n' : null;
};

/**
 * A whole new text with what a reader of the old one cannot see: its line ends and its byte order mark. Line ends are kept
 * where all lines of the old text, and all of the new one, have the same.
 */
export const inStyleOf = (before: string, content: string): string => {
  const [old, fresh] = [onlyBreak(before), onlyBreak(content)];
  const ended =
    old === null || fresh === null || old === fresh
      ? content
      : old === '\r\n'
        ? content.replaceAll('\n', '\r\n')
        : content;
  return before.startsWith(byteOrderMark) && !ended.startsWith(byteOrderMark) ? byteOrderMark + ended : ended;
};
