import { describe, expect, test } from 'vitest';
import { EverturnError } from '../../contracts/errors.ts';
import { createModelClient } from './client.ts';
import { httpError, streamError } from './failures.ts';
import { markingOf } from './marks.ts';

const client = createModelClient({
  baseUrl: 'https://api.example.com/v1',
  apiKey: 'secret-key',
  key: 'k',
  name: 'm',
  model: 'm',
  timeoutMs: 1000,
});
const provider = {
  baseUrl: 'https://api.example.com/v1',
  model: 'm',
  apiKey: 'secret-key',
  apiKeyEnv: null,
  proxies: null,
};

const answered = (status: number, body: unknown, headers: Record<string, string> = {}) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = { status, headers: new Headers(headers), url: new URL(provider.baseUrl) };
  return markingOf(httpError(provider, answer as never, text), client);
};

/** What providers send, by their documentation and public reports. */
test.each<[string, number, unknown, Record<string, string>, string | null, number | null]>([
  ['a wrong key', 401, { error: { message: 'Incorrect API key provided' } }, {}, 'unauthorized', null],
  ['no credit', 402, { error: { message: 'Insufficient Balance', type: 'unknown_error' } }, {}, 'payment', null],
  ['no access', 403, { error: { message: 'Country not supported' } }, {}, 'forbidden', null],
  [
    'a moderated prompt',
    403,
    { error: { message: 'Your input was flagged', metadata: { reasons: ['x'] } } },
    {},
    null,
    null,
  ],
  ['Retry-After in seconds', 429, 'slow', { 'retry-after': '7' }, 'rate_limit', 7000],
  ['retry-after-ms', 429, 'slow', { 'retry-after-ms': '250', 'retry-after': '1' }, 'rate_limit', 250],
  [
    'OpenAI, in words',
    429,
    { error: { message: 'Rate limit reached for gpt-x: Limit 3, Used 3. Please try again in 20s.' } },
    {},
    'rate_limit',
    20_000,
  ],
  [
    'Groq, in words',
    429,
    { error: { message: 'Please try again in 7m12.5s. Need more tokens?' } },
    {},
    'rate_limit',
    432_500,
  ],
  ['Azure, in words', 429, { error: { message: 'Please retry after 26 seconds.' } }, {}, 'rate_limit', 26_000],
  [
    'Google, in a field',
    429,
    [{ error: { code: 429, status: 'RESOURCE_EXHAUSTED', details: [{ '@type': 'RetryInfo', retryDelay: '53.5s' }] } }],
    {},
    'rate_limit',
    53_500,
  ],
  [
    'a used-up quota',
    429,
    { error: { message: 'You exceeded your current quota, please check your plan', code: 'insufficient_quota' } },
    {},
    'quota',
    null,
  ],
  [
    'Google, a daily quota',
    429,
    { error: { message: 'You exceeded your current quota. Please retry in 3h12m5s.' } },
    {},
    'quota',
    11_525_000,
  ],
  ['a weekly limit, in words', 429, { error: { message: 'Weekly/Monthly Limit Exhausted' } }, {}, 'quota', null],
  [
    'Anthropic, overloaded',
    529,
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    {},
    'overload',
    null,
  ],
  [
    'overloaded with 503',
    503,
    { error: { message: 'The engine is currently overloaded, please try again later' } },
    {},
    'overload',
    null,
  ],
  ['503 with a time', 503, 'maintenance', { 'retry-after': '30' }, 'overload', 30_000],
  ['a plain outage', 503, 'Service Unavailable', {}, null, null],
  ['a plain defect', 500, 'oops', {}, null, null],
  [
    'no credit, said with 400',
    400,
    { error: { message: 'Your credit balance is too low to access the API' } },
    {},
    'payment',
    null,
  ],
  ['a request that is wrong', 400, { error: { message: 'messages: field required' } }, {}, null, null],
  ['an unknown model', 404, { error: { message: 'no such model' } }, {}, null, null],
  ['a time that makes no sense', 429, 'slow', { 'retry-after': '9'.repeat(400) }, 'rate_limit', 366 * 86_400_000],
])('%s: HTTP %i', (_, status, body, headers, reason, toldMs) => {
  const marking = answered(status, body, headers);
  expect(marking && [marking.mark.reason, marking.pause.toldMs]).toEqual(reason === null ? null : [reason, toldMs]);
});

test('Retry-After as a date', () => {
  const at = new Date(Date.now() + 90_000).toUTCString();
  const told = answered(429, 'slow', { 'retry-after': at })?.pause.toldMs ?? 0;
  expect(Math.abs(told - 90_000)).toBeLessThan(30_000);
});

describe('an error in the middle of a stream', () => {
  const inStream = (error: unknown) => markingOf(streamError(provider, { headers: new Headers() }, error), client);
  test('marks by what it says', () => {
    expect(inStream({ code: 429, message: 'Rate limit exceeded. Try again in 3 seconds' })).toMatchObject({
      mark: { reason: 'rate_limit' },
      pause: { toldMs: 3000 },
    });
    expect(inStream({ type: 'overloaded_error', message: 'Overloaded' })?.mark.reason).toBe('overload');
    expect(inStream({ message: 'internal error' })).toBeNull();
  });
});

test('details.kind, where the wire fills it in, is believed before the status', () => {
  const error = (kind: string, status: number) =>
    new EverturnError('model_refused', 'Asking failed', { details: { kind, status } });
  expect(markingOf(error('quota', 400), client)?.mark.reason).toBe('quota');
  expect(markingOf(error('overflow', 429), client)).toBeNull();
  expect(markingOf(error('refusal', 403), client)).toBeNull();
});

test('a gateway that passes on a limit of one provider behind it rests for that model alone', () => {
  const error = {
    message: 'Provider returned error',
    code: 429,
    metadata: { raw: 'm is temporarily rate-limited upstream' },
  };
  expect(answered(429, { error })?.mark.model).toBe('m');
  expect(answered(429, { error: { message: 'Rate limit exceeded: free-models-per-day' } })?.mark.model).toBeNull();
});

test('a mark never holds the key', () => {
  const marking = answered(401, { error: { message: 'Incorrect API key provided: secret-key' } });
  expect(JSON.stringify(marking)).not.toContain('secret-key');
  expect(marking?.mark).toMatchObject({ key: 'k', said: 'HTTP 401, "Incorrect API key provided: [key]"' });
});

test('what is no failure of a provider marks nothing', () => {
  expect(markingOf(new Error('disk'), client)).toBeNull();
  expect(markingOf(new EverturnError('database_unavailable', 'away'), client)).toBeNull();
  expect(markingOf(new EverturnError('model_stream_cut', 'cut'), client)).toBeNull();
});
