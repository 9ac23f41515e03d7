/** Guest code: `TextEncoder` and `TextDecoder`, UTF-8 alone. Gives the encoder's function, which URLs use too. */
export const text = `((define) => {
'use strict';
const bytesOf = (string) => {
  const bytes = [];
  for (const character of string) {
    let point = character.codePointAt(0);
    if (point >= 0xd800 && point <= 0xdfff) point = 0xfffd;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | point >> 6, 0x80 | point & 63);
    else if (point < 0x10000) bytes.push(0xe0 | point >> 12, 0x80 | point >> 6 & 63, 0x80 | point & 63);
    else bytes.push(0xf0 | point >> 18, 0x80 | point >> 12 & 63, 0x80 | point >> 6 & 63, 0x80 | point & 63);
  }
  return bytes;
};
/** What is not UTF-8 becomes U+FFFD, one for each longest part that could have begun a character. */
const textOf = (bytes, fatal) => {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at++];
    if (first < 0x80) { text += String.fromCharCode(first); continue; }
    const more = first >= 0xc2 && first <= 0xdf ? 1 : first >= 0xe0 && first <= 0xef ? 2 : first >= 0xf0 && first <= 0xf4 ? 3 : 0;
    let low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
    let high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
    let point = first & (0x3f >> more);
    let read = 0;
    while (read < more && bytes[at] >= low && bytes[at] <= high) {
      point = point << 6 | bytes[at++] & 63;
      read += 1;
      low = 0x80;
      high = 0xbf;
    }
    if (more > 0 && read === more) text += String.fromCodePoint(point);
    else if (fatal) throw new TypeError('TextDecoder.decode() was given bytes that are not UTF-8');
    else text += '\\ufffd';
  }
  return text;
};
define('TextEncoder', class TextEncoder {
  get encoding() { return 'utf-8'; }
  encode(string = '') { return new Uint8Array(bytesOf(String(string))); }
});
define('TextDecoder', class TextDecoder {
  #fatal;
  #keepMark;
  constructor(label = 'utf-8', options = {}) {
    if (!/^\\s*(utf-?8|unicode-1-1-utf-8)\\s*$/i.test(label)) throw new RangeError('TextDecoder: the encoding ' + label + ' is not available in a script; utf-8 is');
    this.#fatal = Boolean(options.fatal);
    this.#keepMark = Boolean(options.ignoreBOM);
  }
  get encoding() { return 'utf-8'; }
  get fatal() { return this.#fatal; }
  get ignoreBOM() { return this.#keepMark; }
  decode(input = new Uint8Array(0), options = {}) {
    if (options.stream) throw new TypeError('TextDecoder.decode() with stream is not available in a script: decode all bytes at once');
    const bytes = ArrayBuffer.isView(input) ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength) : new Uint8Array(input);
    const decoded = textOf(bytes, this.#fatal);
    return !this.#keepMark && decoded.startsWith('\\ufeff') ? decoded.slice(1) : decoded;
  }
});
return { bytesOf, textOf };
})`;
