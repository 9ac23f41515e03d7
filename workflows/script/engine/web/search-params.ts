/** Guest code: `URLSearchParams`. `watch` calls a function after each change: it keeps a URL's search. */
export const searchParams = `((define, coding) => {
'use strict';
const { bytesOf, textOf } = coding;
const encode = (string) => {
  let out = '';
  for (const byte of bytesOf(String(string))) {
    const character = String.fromCharCode(byte);
    out += byte === 32 ? '+' : /[A-Za-z0-9*._-]/.test(character) ? character : '%' + (byte < 16 ? '0' : '') + byte.toString(16).toUpperCase();
  }
  return out;
};
const decode = (string) => {
  const bytes = bytesOf(string.replaceAll('+', ' '));
  const out = [];
  for (let at = 0; at < bytes.length; at++) {
    const hex = bytes[at] === 37 ? String.fromCharCode(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0) : '';
    if (/^[0-9a-fA-F]{2}$/.test(hex)) { out.push(parseInt(hex, 16)); at += 2; } else out.push(bytes[at]);
  }
  return textOf(out, false);
};
const parse = (query) => query.split('&').filter((part) => part !== '').map((part) => {
  const at = part.indexOf('=');
  return at === -1 ? [decode(part), ''] : [decode(part.slice(0, at)), decode(part.slice(at + 1))];
});
const pairsOf = (init) => {
  if (init === undefined) return [];
  if (typeof init !== 'object' || init === null) return parse(String(init).replace(/^[?]/, ''));
  if (!init[Symbol.iterator]) return Object.keys(init).map((key) => [key, String(init[key])]);
  return [...init].map((pair) => {
    const both = [...pair];
    if (both.length !== 2) throw new TypeError('new URLSearchParams(pairs) takes pairs of a name and a value');
    return both.map(String);
  });
};
class URLSearchParams {
  #pairs;
  #changed = () => {};
  constructor(init) { this.#pairs = pairsOf(init); }
  static watch(params, changed) { params.#changed = changed; }
  static replace(params, query) { params.#pairs = parse(query); }
  get size() { return this.#pairs.length; }
  append(name, value) { this.#pairs.push([String(name), String(value)]); this.#changed(); }
  delete(name, value) {
    this.#pairs = this.#pairs.filter((pair) => pair[0] !== String(name) || (value !== undefined && pair[1] !== String(value)));
    this.#changed();
  }
  get(name) { return this.#pairs.find((pair) => pair[0] === String(name))?.[1] ?? null; }
  getAll(name) { return this.#pairs.filter((pair) => pair[0] === String(name)).map((pair) => pair[1]); }
  has(name, value) { return this.#pairs.some((pair) => pair[0] === String(name) && (value === undefined || pair[1] === String(value))); }
  set(name, value) {
    const first = this.#pairs.findIndex((pair) => pair[0] === String(name));
    if (first === -1) this.#pairs.push([String(name), String(value)]);
    else {
      this.#pairs[first][1] = String(value);
      this.#pairs = this.#pairs.filter((pair, index) => index <= first || pair[0] !== String(name));
    }
    this.#changed();
  }
  sort() { this.#pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0)); this.#changed(); }
  forEach(each, self) { for (const [name, value] of this) each.call(self, value, name, this); }
  *entries() { for (let at = 0; at < this.#pairs.length; at++) yield [...this.#pairs[at]]; }
  *keys() { for (const [name] of this.entries()) yield name; }
  *values() { for (const [, value] of this.entries()) yield value; }
  [Symbol.iterator]() { return this.entries(); }
  toString() { return this.#pairs.map(([name, value]) => encode(name) + '=' + encode(value)).join('&'); }
}
const { watch, replace } = URLSearchParams;
delete URLSearchParams.watch;
delete URLSearchParams.replace;
define('URLSearchParams', URLSearchParams);
return { URLSearchParams, watch, replace };
})`;
