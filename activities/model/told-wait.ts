const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const unitOf = (word: string): number => units[word === 'ms' || word.startsWith('milli') ? 'ms' : word.charAt(0)] ?? 0;

/** `7m12.5s`, `53s`, `120ms`, `2 minutes`, `1h 30m`. Null for any other text. */
export const parseDuration = (text: string): number | null => {
  const parts = [
    ...text.matchAll(
      /(\d+(?:\.\d+)?)\s*(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![a-z])/gi,
    ),
  ];
  if (parts.length === 0) return null;
  return Math.ceil(
    parts.reduce((sum, [, number = '0', unit = '']) => sum + Number(number) * unitOf(unit.toLowerCase()), 0),
  );
};

type Facts = Record<string, unknown>;
const isFacts = (value: unknown): value is Facts => typeof value === 'object' && value !== null;

const deepest = 6;
const maxFields = 200;

/** Every field of a body, the innermost too. */
function* fieldsOf(value: unknown, depth = 0): Generator<[string, unknown]> {
  if (!isFacts(value) || depth > deepest) return;
  const entries = Array.isArray(value) ? value.slice(0, maxFields).entries() : Object.entries(value);
  for (const [key, inner] of entries) {
    const name = String(key);
    yield [name.toLowerCase().replaceAll(/[-_]/g, ''), inner];
    yield* fieldsOf(inner, depth + 1);
  }
}

/** Seconds or milliseconds since 1970. */
const momentIn = (number: number): number | null =>
  number > 1e12 && number < 1e14 ? number : number > 1e9 && number < 1e11 ? number * 1000 : null;

/** Fields that hold a wait, by the unit of a bare number in them. */
const waitFields: Record<string, number> = {
  retrydelay: 1000,
  retryafter: 1000,
  retryafterseconds: 1000,
  retryafterms: 1,
  retryaftermilliseconds: 1,
  resetsinseconds: 1000,
  resetinseconds: 1000,
};
const resetFields = new Set(['resetsat', 'resetat', 'xratelimitreset', 'ratelimitreset']);

const waitOfField = (name: string, value: unknown, now: number): number | null => {
  const unit = waitFields[name];
  const isBare = typeof value === 'number' || (typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value));
  if (unit !== undefined) {
    if (isBare) return Math.ceil(Number(value) * unit);
    return typeof value === 'string' ? parseDuration(value) : null;
  }
  if (!resetFields.has(name)) return null;
  const moment = isBare ? momentIn(Number(value)) : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return moment === null || Number.isNaN(moment) ? null : Math.max(0, moment - now);
};

const sentence =
  /(?:try again|retry|retrying|wait|available again|resets?)\b[^.\d]{0,40}?(\d+(?:\.\d+)?\s*(?:milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![a-z])(?:\s*\d+(?:\.\d+)?\s*(?:ms|s|m|h)(?![a-z]))*)/i;

const waitInText = (text: string, now: number): number | null => {
  const said = sentence.exec(text)?.[1];
  if (said !== undefined) return parseDuration(said);
  // "Your limit will reset at 2026-09-09 03:30:06"
  const date =
    /\b(?:resets?|again|until|after)\b[^.\d]{0,20}?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s?(Z|UTC|[+-]\d\d:?\d\d)?/i.exec(
      text,
    );
  if (date) {
    const zone = date[2] === undefined || date[2].toUpperCase() === 'UTC' ? 'Z' : date[2];
    const at = Date.parse(`${date[1]?.replace(' ', 'T')}${zone}`);
    if (!Number.isNaN(at)) return Math.max(0, at - now);
  }
  // "您的限额将在 2026-08-25 07:41:44 重置", by the time of its provider
  const local = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\s*(?:重置|恢复|后重试)/.exec(text);
  if (local) return Math.max(0, Date.parse(`${local[1]}T${local[2]}+08:00`) - now);
  // "usage limit reached|1749924000"
  const moment = momentIn(Number(/limit reached\|(\d{10,13})\b/i.exec(text)?.[1] ?? Number.NaN));
  return moment === null ? null : Math.max(0, moment - now);
};

const resetHeaders = ['x-ratelimit-reset', 'ratelimit-reset', 'anthropic-ratelimit-unified-reset'];

/** A moment, seconds from now, or a duration. */
const waitOf = (text: string, now: number): number | null => {
  const value = text.trim();
  const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : null;
  const moment = number === null ? Date.parse(value) : (momentIn(number) ?? now + number * 1000);
  return Number.isNaN(moment) ? parseDuration(value) : Math.max(0, Math.ceil(moment - now));
};

/** Pairs of headers for each limit: what remains of it, and when it is reset. OpenAI's and Groq's, then Anthropic's. */
const remaining = /^(?:x-ratelimit-remaining(?<of>-[a-z-]+)|anthropic-ratelimit-(?<named>[a-z-]+)-remaining)$/;

/** Of the limits that are used up, the longest wait: the request needs all of them. */
const waitOfUsedUp = (headers: Headers, now: number): number | null => {
  const waits: (number | null)[] = [];
  for (const [name, value] of headers) {
    const { of, named } = remaining.exec(name)?.groups ?? {};
    const reset = of ? `x-ratelimit-reset${of}` : named ? `anthropic-ratelimit-${named}-reset` : null;
    if (reset !== null && Number(value) <= 0) waits.push(waitOf(headers.get(reset) ?? '', now));
  }
  // "minute";r=12;t=20, "hour";r=0;t=1724
  for (const limit of (headers.get('ratelimit') ?? '').split(',')) {
    const { seconds } = /;\s*r=0\s*(?:;.*)?;\s*t=(?<seconds>\d+)/.exec(limit)?.groups ?? {};
    if (seconds !== undefined) waits.push(Number(seconds) * 1000);
  }
  const told = waits.filter((wait) => wait !== null);
  return told.length > 0 ? Math.max(...told) : null;
};

/** What headers other than Retry-After say about the end of a limit. */
export const waitInHeaders = (headers: Headers | undefined, now: number = Date.now()): number | null => {
  if (!headers) return null;
  for (const name of resetHeaders) {
    const wait = waitOf(headers.get(name) ?? '', now);
    if (wait !== null) return wait;
  }
  return waitOfUsedUp(headers, now);
};

const maxTextLength = 4000;

/** How long the body of a refusal asks to wait, in a field or in its words. Null where it says nothing of it. */
export const waitInBody = (body: unknown, now: number = Date.now()): number | null => {
  const fields: [string, unknown][] = [];
  for (const field of fieldsOf(body)) {
    if (fields.push(field) === maxFields) break;
  }
  for (const [name, value] of fields) {
    const wait = waitOfField(name, value, now);
    if (wait !== null) return wait;
  }
  const texts = [body, ...fields.map(([, value]) => value)].filter((value) => typeof value === 'string');
  for (const text of texts) {
    const wait = waitInText(text.slice(0, maxTextLength), now);
    if (wait !== null) return wait;
  }
  return null;
};
