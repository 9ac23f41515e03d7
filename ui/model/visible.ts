/**
 * Characters that change what a line looks like without being seen: controls but tab and newline, bidirectional
 * overrides, zero-width and tag characters, blank letters. Whoever approves a call must see them.
 */
const hidden = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu;

const escaped = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
};

/** The same text with hidden characters written out, such as `\u202e`. */
export const visible = (text: string): string => text.replace(hidden, escaped);

const esc = String.fromCharCode(27);
const bell = String.fromCharCode(7);
const terminalSequence = new RegExp(
  `${esc}(?:\\[[0-9;?]*[ -/]*[@-~]|\\][^${bell}${esc}]*(?:${bell}|${esc}\\\\)|[@-Z\\\\-_])`,
  'g',
);

/** What a terminal would show: without colours and cursor moves. */
export const withoutTerminalCodes = (text: string): string => text.replace(terminalSequence, '');
