import { expect, test } from 'vitest';
import { parseDuration, waitInBody, waitInHeaders } from './told-wait.ts';

test.each<[string, number | null]>([
  ['53s', 53_000],
  ['7m12.5s', 432_500],
  ['120ms', 120],
  ['1h 30m', 5_400_000],
  ['2 minutes', 120_000],
  ['soon', null],
  ['3 sheep', null],
])('a duration %s', (text, ms) => expect(parseDuration(text)).toBe(ms));

const now = Date.parse('2026-01-01T00:00:00Z');

test.each<[string, unknown, number | null]>([
  ['a field of milliseconds', { error: { retry_after_ms: 1500 } }, 1500],
  ['a field of seconds, as text', { error: { retry_after: '2' } }, 2000],
  ['a field of seconds with a unit', { retryDelay: '0.5s' }, 500],
  ['OpenRouter, a moment', { error: { metadata: { headers: { 'X-RateLimit-Reset': String(now + 60_000) } } } }, 60_000],
  ['a moment in seconds', { error: { resets_at: now / 1000 + 5 } }, 5000],
  ['a moment as a date', { reset_at: '2026-01-01T00:01:00Z' }, 60_000],
  ['a moment that has passed', { reset_at: '2025-01-01T00:00:00Z' }, 0],
  ['a subscription', { error: { message: `usage limit reached|${now / 1000 + 3600}` } }, 3_600_000],
  ['words', 'Too many requests, please wait 12 seconds before retrying', 12_000],
  ['words with a time first', { message: 'Quota resets in 2 hours' }, 7_200_000],
  [
    'a date in words',
    { error: { message: 'Weekly/Monthly Limit Exhausted. Your limit will reset at 2026-01-08 00:00:00' } },
    604_800_000,
  ],
  [
    'a date in Chinese words, by the time there',
    { error: { message: '已达到 5 小时的使用上限。您的限额将在 2026-01-01 09:00:00 重置。' } },
    3_600_000,
  ],
  ['seconds until a reset', { error: { type: 'usage_limit_reached', resets_in_seconds: 90 } }, 90_000],
  ['a date with a zone', 'Available again at 2026-01-01T01:00:00+01:00', 0],
  ['no time', { error: { message: 'Rate limit: 3 requests per minute, 200000 tokens' } }, null],
  ['a number of something else', { error: { message: 'Retry with fewer than 3 messages' } }, null],
  ['null', null, null],
])('%s', (_, body, ms) => expect(waitInBody(body, now)).toBe(ms));

test.each<[Record<string, string>, number | null]>([
  [{ 'x-ratelimit-reset': String(now + 5000) }, 5000],
  [{ 'anthropic-ratelimit-unified-reset': String(now / 1000 + 60) }, 60_000],
  [{ 'ratelimit-reset': '30' }, 30_000],
  [{ 'x-ratelimit-reset': '2026-01-01T00:00:09Z' }, 9000],
  [{ 'x-ratelimit-reset': 'soon' }, null],
  [{ 'x-ratelimit-reset-requests': '1s' }, null],
  [{ 'x-ratelimit-reset': '1m30s' }, 90_000],
  [
    {
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '6m0s',
      'x-ratelimit-remaining-tokens': '149984',
      'x-ratelimit-reset-tokens': '24h',
    },
    360_000,
  ],
  [{ 'x-ratelimit-remaining-requests': '12', 'x-ratelimit-reset-requests': '6m0s' }, null],
  [{ 'x-ratelimit-remaining-requests': '0' }, null],
  [
    {
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-01-01T00:00:05Z',
      'anthropic-ratelimit-output-tokens-remaining': '0',
      'anthropic-ratelimit-output-tokens-reset': '2026-01-01T00:00:40Z',
    },
    40_000,
  ],
  [{ ratelimit: '"minute";r=178;t=44, "hour";r=0;t=1724' }, 1_724_000],
  [{ ratelimit: '"minute";r=178;t=44' }, null],
])('headers %j', (headers, ms) => expect(waitInHeaders(new Headers(headers), now)).toBe(ms));

test('a deep, wide or long body is read within bounds', () => {
  let deep: unknown = { retry_after: 1 };
  for (let level = 0; level < 10_000; level++) deep = { inner: deep };
  const wide = [...Array.from({ length: 200_000 }, () => ({ retry: 'again' })), { retry_after: 1 }];
  const long = { message: 'wait '.repeat(1_000_000) };
  expect(waitInBody(deep, now)).toBeNull();
  expect(waitInBody(long, now)).toBeNull();
  expect(waitInBody(wide, now)).toBeNull();
});
