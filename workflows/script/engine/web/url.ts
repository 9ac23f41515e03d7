/** Guest code: `URL`, as the URL Standard has it but for hosts with letters beyond ASCII, which throw. */
export const url = `((define, coding, params) => {
'use strict';
const { bytesOf, textOf } = coding;
const { URLSearchParams, watch, replace } = params;
const ports = { __proto__: null, 'http:': '80', 'https:': '443', 'ws:': '80', 'wss:': '443', 'ftp:': '21', 'file:': '' };
const isSpecial = (scheme) => scheme in ports;
const escaped = (text, unsafe) => {
  let out = '';
  for (const byte of bytesOf(text)) {
    const character = String.fromCharCode(byte);
    out += byte < 33 && !(byte === 32 && !unsafe.includes(' ')) || byte > 126 || unsafe.includes(character) ? '%' + (byte < 16 ? '0' : '') + byte.toString(16).toUpperCase() : character;
  }
  return out;
};
const inFragment = ' "<>\`', inQuery = ' "#<>', inPath = inQuery + '?^\`{}', inUser = inPath + '/:;=@[\\\\]|';
const refuse = (input) => {
  const error = new TypeError('Invalid URL: ' + String(input).slice(0, 200));
  error.code = 'ERR_INVALID_URL';
  throw error;
};
const ipv4Of = (host, input) => {
  const parts = host.split('.');
  if (parts.at(-1) === '' && parts.length > 1) parts.pop();
  const last = parts.at(-1);
  if (!/^([0-9]+|0x[0-9a-f]*)$/i.test(last)) return null;
  if (parts.length > 4) refuse(input);
  const numbers = parts.map((part) => /^0x[0-9a-f]*$/i.test(part) ? (part.length === 2 ? 0 : parseInt(part, 16)) : /^0[0-7]+$/.test(part) ? parseInt(part, 8) : /^(0|[1-9][0-9]*)$/.test(part) ? Number(part) : refuse(input));
  const end = numbers.pop();
  if (numbers.some((number) => number > 255) || end >= 256 ** (4 - numbers.length)) refuse(input);
  const value = numbers.reduce((sum, number, index) => sum + number * 256 ** (3 - index), end);
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
};
const ipv6Of = (text, input) => {
  const whole = text.replace(/(^|:)([0-9]{1,3}(?:[.][0-9]{1,3}){3})$/, (all, before, dotted) => {
    const bytes = dotted.split('.').map(Number);
    if (bytes.some((byte) => byte > 255)) refuse(input);
    return before + (bytes[0] * 256 + bytes[1]).toString(16) + ':' + (bytes[2] * 256 + bytes[3]).toString(16);
  });
  const halves = whole.split('::');
  if (halves.length > 2) refuse(input);
  const piecesOf = (half) => half === '' ? [] : half.split(':').map((piece) => /^[0-9a-f]{1,4}$/i.test(piece) ? parseInt(piece, 16) : refuse(input));
  const [before, after = []] = halves.map(piecesOf);
  const missing = 8 - before.length - after.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) refuse(input);
  const pieces = halves.length === 1 ? before : [...before, ...new Array(missing).fill(0), ...after];
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (pieces[at + length] === 0) length++;
    if (length > best.length) best = { at, length };
  }
  const hex = (list) => list.map((piece) => piece.toString(16)).join(':');
  return '[' + (best.at === -1 ? hex(pieces) : hex(pieces.slice(0, best.at)) + '::' + hex(pieces.slice(best.at + best.length))) + ']';
};
const hostOf = (raw, scheme, input) => {
  if (raw.startsWith('[')) return raw.endsWith(']') ? ipv6Of(raw.slice(1, -1), input) : refuse(input);
  if (!isSpecial(scheme)) return /[\\0\\t\\n\\r #/<>?@[\\\\\\]^|:]/.test(raw) ? refuse(input) : escaped(raw, '');
  const plain = unescape(raw).toLowerCase();
  if (/[^\\0-\\x7f]/.test(plain)) throw new TypeError('A host with letters beyond ASCII is not available in a script: write ' + plain + ' in its xn-- form');
  if (plain === '' || /[\\0-\\x20"#%/:<>?@[\\\\\\]^\`{|}\\x7f]/.test(plain)) refuse(input);
  return ipv4Of(plain, input) ?? plain;
};
const unescape = (text) => {
  const bytes = bytesOf(text), out = [];
  for (let at = 0; at < bytes.length; at++) {
    const hex = bytes[at] === 37 ? String.fromCharCode(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0) : '';
    if (/^[0-9a-fA-F]{2}$/.test(hex)) { out.push(parseInt(hex, 16)); at += 2; } else out.push(bytes[at]);
  }
  return textOf(out, false);
};
const isDot = (part) => /^([.]|%2e)$/i.test(part);
const isDots = (part) => /^([.]|%2e){2}$/i.test(part);
const isDrive = (part) => /^[A-Za-z][:|]$/.test(part);
/** \`before\`: the segments that a relative path continues from. */
const pathOf = (text, scheme, before) => {
  const parts = (isSpecial(scheme) ? text.replaceAll('\\\\', '/') : text).split('/');
  const path = [...before];
  parts.forEach((part, index) => {
    const isLast = index === parts.length - 1;
    if (isDots(part)) {
      if (!(scheme === 'file:' && path.length === 1 && /^[A-Za-z]:$/.test(path[0]))) path.pop();
      if (isLast) path.push('');
    } else if (isDot(part)) {
      if (isLast) path.push('');
    } else path.push(scheme === 'file:' && path.length === 0 && isDrive(part) ? part[0] + ':' : escaped(part, inPath));
  });
  return path;
};
const portOf = (text, scheme, input) => {
  if (!/^[0-9]*$/.test(text) || Number(text) > 65535) refuse(input);
  const port = text === '' ? '' : String(Number(text));
  return port === ports[scheme] ? '' : port;
};
const authority = (text, record, input) => {
  const at = text.lastIndexOf('@');
  if (at !== -1) {
    const [, user, password = ''] = /^([^:]*)(?::([^]*))?$/.exec(text.slice(0, at));
    record.username = escaped(user, inUser);
    record.password = escaped(password, inUser);
  }
  const [, host, , port = ''] = /^(\\[[^\\]]*\\]|[^:]*)(:([^]*))?$/.exec(text.slice(at + 1)) ?? refuse(input);
  if (host === '' && (isSpecial(record.scheme) || at !== -1 || port !== '')) refuse(input);
  record.host = host === '' ? '' : hostOf(host, record.scheme, input);
  record.port = portOf(port, record.scheme, input);
};
const parse = (given, base) => {
  const input = String(given).replace(/^[\\0-\\x20]+|[\\0-\\x20]+$/g, '').replace(/[\\t\\n\\r]/g, '');
  const [, beforeHash, hash = null] = /^([^#]*)(?:#([^]*))?$/.exec(input);
  const fragment = hash === null ? null : escaped(hash, inFragment);
  const schemed = /^([A-Za-z][A-Za-z0-9+.-]*:)([^]*)$/.exec(beforeHash);
  let scheme = schemed ? schemed[1].toLowerCase() : base?.scheme;
  if (scheme === undefined) refuse(given);
  let rest = schemed ? schemed[2] : beforeHash;
  const slashed = (text) => isSpecial(scheme) ? /^[/\\\\]/.test(text) : text.startsWith('/');
  const isRelative = !schemed || (base && isSpecial(scheme) && scheme === base.scheme && !slashed(rest));
  const [, beforeQuery, query = null] = /^([^?]*)(?:[?]([^]*))?$/.exec(rest);
  const search = query === null ? null : escaped(query, isSpecial(scheme) ? inQuery + "'" : inQuery);
  const record = { scheme, username: '', password: '', host: null, port: '', path: [], query: search, fragment };
  rest = beforeQuery;
  const from = isRelative && base ? base : null;
  if (from && typeof from.path === 'string') {
    if (rest !== '' || query !== null || hash === null) refuse(given);
    return { ...from, fragment };
  }
  const keep = () => { for (const part of ['username', 'password', 'host', 'port']) record[part] = from[part]; };
  const isDouble = isSpecial(scheme) ? /^[/\\\\]{2}/.test(rest) : rest.startsWith('//');
  if (isDouble || (!from && isSpecial(scheme) && scheme !== 'file:')) {
    const text = isSpecial(scheme) && scheme !== 'file:' ? rest.replace(/^[/\\\\]*/, '') : rest.slice(2);
    const end = text.search(isSpecial(scheme) ? /[/\\\\]/ : /\\//);
    const named = end === -1 ? text : text.slice(0, end);
    const path = end === -1 ? '' : text.slice(end);
    if (scheme === 'file:') {
      if (isDrive(named)) return { ...record, host: '', path: pathOf(named + path, scheme, []) };
      record.host = named === '' ? '' : hostOf(named, scheme, given);
      if (record.host === 'localhost') record.host = '';
    } else authority(named, record, given);
    record.path = path === '' ? (isSpecial(scheme) ? [''] : []) : pathOf(path.slice(1), scheme, []);
    return record;
  }
  if (slashed(rest)) {
    if (from) keep();
    else if (scheme === 'file:') record.host = '';
    record.path = pathOf(rest.slice(1), scheme, []);
    return record;
  }
  if (from) {
    keep();
    if (rest === '') {
      record.path = [...from.path];
      if (query === null) record.query = from.query;
    } else record.path = pathOf(rest, scheme, from.path.slice(0, -1));
    return record;
  }
  if (scheme === 'file:') return { ...record, host: '', path: pathOf(rest, scheme, []) };
  record.path = escaped(query === null && hash === null ? rest.replace(/ +$/, '') : rest, '');
  return record;
};
const pathText = (record) => typeof record.path === 'string' ? record.path : record.path.map((part) => '/' + part).join('');
const isBare = (record) => record.host === null || record.host === '' || record.scheme === 'file:';
define('URL', class URL {
  #record;
  #params;
  constructor(input, base) {
    if (arguments.length === 0) throw new TypeError('new URL(url, base) takes a URL');
    this.#record = parse(input, base === undefined ? undefined : parse(base));
    this.#params = new URLSearchParams(this.#record.query ?? '');
    watch(this.#params, () => { this.#record.query = this.#params.toString() || null; });
  }
  static canParse(input, base) { try { return Boolean(new URL(input, base)); } catch { return false; } }
  static parse(input, base) { try { return new URL(input, base); } catch { return null; } }
  get href() {
    const { scheme, username, password, host, port, query, fragment, path } = this.#record;
    const user = username === '' && password === '' ? '' : username + (password === '' ? '' : ':' + password) + '@';
    const where = host === null ? (typeof path !== 'string' && path.length > 1 && path[0] === '' ? '/.' : '') : '//' + user + host + (port === '' ? '' : ':' + port);
    return scheme + where + pathText(this.#record) + (query === null ? '' : '?' + query) + (fragment === null ? '' : '#' + fragment);
  }
  set href(value) {
    this.#record = parse(value);
    replace(this.#params, this.#record.query ?? '');
  }
  get origin() {
    const { scheme, path } = this.#record;
    if (scheme === 'blob:') { const inner = URL.parse(path); return inner && /^https?:$/.test(inner.protocol) ? inner.origin : 'null'; }
    return isSpecial(scheme) && scheme !== 'file:' ? scheme + '//' + this.host : 'null';
  }
  get protocol() { return this.#record.scheme; }
  set protocol(value) {
    const scheme = /^[A-Za-z][A-Za-z0-9+.-]*/.exec(value)?.[0].toLowerCase() + ':';
    if (!/^[A-Za-z]/.test(value) || isSpecial(scheme) !== isSpecial(this.#record.scheme) || (scheme === 'file:') !== (this.#record.scheme === 'file:')) return;
    this.#record.scheme = scheme;
    this.#record.port = this.#record.port === ports[scheme] ? '' : this.#record.port;
  }
  get username() { return this.#record.username; }
  set username(value) { if (!isBare(this.#record)) this.#record.username = escaped(String(value), inUser); }
  get password() { return this.#record.password; }
  set password(value) { if (!isBare(this.#record)) this.#record.password = escaped(String(value), inUser); }
  get host() { return this.hostname + (this.#record.port === '' ? '' : ':' + this.#record.port); }
  set host(value) {
    const [, host, port] = /^(\\[[^\\]]*\\]|[^:/?#]*)(?::([0-9]*))?/.exec(String(value));
    this.hostname = host;
    if (port) this.port = port;
  }
  get hostname() { return this.#record.host ?? ''; }
  set hostname(value) {
    if (typeof this.#record.path === 'string') return;
    try { this.#record.host = hostOf(/^(\\[[^\\]]*\\]|[^:/?#]*)/.exec(String(value))[0], this.#record.scheme, value); } catch { /* A setter keeps what it cannot read, by the standard. */ }
  }
  get port() { return this.#record.port; }
  set port(value) {
    const digits = /^[0-9]*/.exec(String(value))[0];
    if (isBare(this.#record) || (digits === '' && String(value) !== '') || Number(digits) > 65535) return;
    this.#record.port = portOf(digits, this.#record.scheme, value);
  }
  get pathname() { return pathText(this.#record); }
  set pathname(value) {
    const { path, scheme } = this.#record;
    if (typeof path === 'string') return;
    this.#record.path = pathOf(String(value).replace(isSpecial(scheme) ? /^[/\\\\]/ : /^\\//, ''), scheme, []).map((part) => part.replaceAll('?', '%3F').replaceAll('#', '%23'));
  }
  get search() { return this.#record.query ? '?' + this.#record.query : ''; }
  set search(value) {
    const text = String(value).replace(/^[?]/, '');
    this.#record.query = String(value) === '' ? null : escaped(text, isSpecial(this.#record.scheme) ? inQuery + "'" : inQuery);
    replace(this.#params, this.#record.query ?? '');
  }
  get searchParams() { return this.#params; }
  get hash() { return this.#record.fragment ? '#' + this.#record.fragment : ''; }
  set hash(value) { this.#record.fragment = String(value) === '' ? null : escaped(String(value).replace(/^#/, ''), inFragment); }
  toString() { return this.href; }
  toJSON() { return this.href; }
});
})`;
