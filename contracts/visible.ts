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
 * The text as a person who decides must see it: hidden characters written out, such as `\u202e`, and so is each
 * combining mark from the fifth on one letter, which would cover other lines. Everything else is as it was.
 */
export const visible = (text: string): string => text.replace(hidden, escaped);
