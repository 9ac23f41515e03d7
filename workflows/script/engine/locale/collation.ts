/**
 * Guest code: `(tools) => compare(a, b, locales, options)`, the order of texts that en-US has: letters by their base, then by
 * accents, then lower case first; signs before digits before letters. Letters of other scripts go by their code.
 */
export const collation = `(({ localeOf, optionOf }) => {
const normalize = Function.prototype.call.bind(String.prototype.normalize);
const lower = Function.prototype.call.bind(String.prototype.toLowerCase);
const spaces = '\\t\\n\\v\\f\\r\\u0085\\u2028\\u2029 ';
const punctuation = '_-‐‑‒–—―,;:!¡?¿.‥…·\\'‘’‚‹›"“”„«»()[]{}§¶@*/\\\\&#%‰†‡•‿';
const signs = '\`´˜^¯¨°©®←→↑↓+±÷×<=>¬|¦~−∞≈≤≥¤¢$£¥€';
const order = spaces + punctuation + signs;
const firstOther = 1000;
const firstDigit = 3000000;
const firstLetter = 4000000;
const firstForeign = 5000000;
const expansions = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', ħ: 'h', '‘': "'", '’': "'", '‚': "'", '“': '"', '”': '"', '„': '"', '‑': '‐' };

const isIgnored = (code) => code < 9 || (code > 13 && code < 32) || (code > 126 && code < 160 && code !== 133) || code === 173 || code === 8203 || code === 65279;
const isMark = (code) => code >= 0x300 && code <= 0x36f;

const weightOf = (char, code) => {
  if (code >= 97 && code <= 122) return firstLetter + code;
  const at = order.indexOf(char);
  if (at !== -1) return at + 1;
  return /\\p{L}/u.test(char) ? firstForeign + code : firstOther + code;
};

const keyOf = (text, { isNumeric, skipsPunctuation }) => {
  const primary = [];
  const accents = [];
  const cases = [];
  const source = normalize(text, 'NFD');
  for (let at = 0; at < source.length; at++) {
    const code = source.codePointAt(at);
    const char = String.fromCodePoint(code);
    if (code > 0xffff) at++;
    if (isIgnored(code)) continue;
    if (isMark(code)) { if (accents.length > 0) accents[accents.length - 1] += char; continue; }
    if (skipsPunctuation && (spaces.includes(char) || punctuation.includes(char) || code === 160)) continue;
    if (code >= 48 && code <= 57) {
      if (!isNumeric) primary.push(firstDigit + code);
      else {
        let end = at;
        while (end < source.length && source[end] >= '0' && source[end] <= '9') end++;
        const digits = source.slice(at, end).replace(/^0+(?=\\d)/, '');
        primary.push(firstDigit, digits.length);
        for (let digit = 0; digit < digits.length; digit++) primary.push(digits.charCodeAt(digit));
        at = end - 1;
      }
      accents.push('');
      cases.push(0);
      continue;
    }
    const small = lower(char);
    const base = expansions[small] ?? (code === 160 || code === 0x202f ? ' ' : small);
    for (let part = 0; part < base.length; part++) {
      const partCode = base.codePointAt(part);
      if (partCode > 0xffff && part > 0) continue;
      primary.push(weightOf(String.fromCodePoint(partCode), partCode));
      accents.push(base === small || small === '‑' ? '' : small);
      cases.push(small === char && small !== '‑' ? 0 : 1);
      if (partCode > 0xffff) break;
    }
  }
  return { primary, accents, cases };
};
const compareLists = (a, b) => {
  const length = a.length < b.length ? a.length : b.length;
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return a[at] < b[at] ? -1 : 1;
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
};

return (a, b, locales, given) => {
  localeOf(locales, true);
  const options = given === undefined ? {} : Object(given);
  const sensitivity = optionOf(options, 'sensitivity', ['base', 'accent', 'case', 'variant'], 'variant');
  const caseFirst = optionOf(options, 'caseFirst', ['upper', 'lower', 'false', false], 'false');
  optionOf(options, 'usage', ['sort'], 'sort');
  optionOf(options, 'collation', ['default'], 'default');
  if (a === b) return 0;
  const how = { isNumeric: Boolean(options.numeric), skipsPunctuation: Boolean(options.ignorePunctuation) };
  const one = keyOf(a, how);
  const other = keyOf(b, how);
  const byLetter = compareLists(one.primary, other.primary);
  if (byLetter !== 0 || sensitivity === 'base') return byLetter;
  const byAccent = sensitivity === 'case' ? 0 : compareLists(one.accents, other.accents);
  if (byAccent !== 0 || sensitivity === 'accent') return byAccent;
  const byCase = compareLists(one.cases, other.cases);
  return caseFirst === 'upper' ? -byCase || 0 : byCase;
};
})`;
