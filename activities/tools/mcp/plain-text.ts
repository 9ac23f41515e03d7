import { storable } from '../text.ts';

/**
 * Text of a stranger for a model and for people: without what nobody sees (controls, directions, zero widths, tags), in
 * which orders can be hidden.
 */
export const plainText = (text: string, most: number): string => {
  const visible = storable(text.slice(0, 2 * most))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, '')
    .replaceAll(/[\u{e0000}-\u{e0fff}]/gu, '')
    .trim();
  return visible.length > most ? `${visible.slice(0, most - 1).toWellFormed()}…` : visible;
};
