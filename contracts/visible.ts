/**
 * Characters that a reader cannot see, or takes for others: controls but tab and newline, format characters and
 * bidirectional overrides, what Unicode lets every renderer ignore (variation selectors, fillers, tags), lone
 * surrogates, private and unassigned characters, every space and separator but U+0020, and glyphs that are blank.
 */
const hidden =
  /(?![\t\n ])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\ufffc\u{16fe4}\u{1d159}]|(?<=\p{M}{4})\p{M}/gu;

const escaped = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
};

/**
 * The text as a user who decides must see it: hidden characters written out, such as `\u202e`, and so is each
 * combining mark from the fifth on one letter, which would cover other lines. Everything else is as it was.
 */
export const visible = (text: string): string => text.replace(hidden, escaped);

/** A text in parts: as they are, and those that `visible` would write out. */
export const visibleParts = (text: string): { text: string; isHidden: boolean }[] => {
  const parts: { text: string; isHidden: boolean }[] = [];
  let at = 0;
  for (const { 0: found, index } of text.matchAll(hidden)) {
    if (index > at) parts.push({ text: text.slice(at, index), isHidden: false });
    parts.push({ text: found, isHidden: true });
    at = index + found.length;
  }
  if (at < text.length) parts.push({ text: text.slice(at), isHidden: false });
  return parts;
};
