import { expect, test } from 'vitest';
import { play } from '../../../../test/support/play-script.ts';

/** The spaces of newer locale data are plain ones here. */
const plain = (text: string): string => text.replaceAll('\u202f', ' ');
const resultOf = async (body: string, args?: unknown) => {
  const { ending, value } = await play(body, { args });
  expect(ending).toMatchObject({ status: 'completed' });
  return value as unknown[];
};
/** The same every time. */
const chance = (seed: number) => () => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
};

const numbers = [0, -0, 1, -1, 0.5, 1.005, 2.5, 999, 999.9996, 1000, 1234567, -1234567.891, 1e21, 1.5e-7, 12345.678];
numbers.push(99_950, 999_499, 999_500, 1_250_000, 12_345_678_901, 5e15, 0.00012345, 123, 0.045, -0.0004);
const numberOptions: Intl.NumberFormatOptions[] = [
  {},
  { minimumFractionDigits: 2 },
  { maximumFractionDigits: 0 },
  { minimumFractionDigits: 2, maximumFractionDigits: 2 },
  { minimumFractionDigits: 5 },
  { maximumFractionDigits: 1 },
  { maximumSignificantDigits: 3 },
  { minimumSignificantDigits: 4 },
  { minimumIntegerDigits: 3 },
  { useGrouping: false },
  { style: 'percent' },
  { style: 'percent', maximumFractionDigits: 1 },
  { style: 'currency', currency: 'USD' },
  { style: 'currency', currency: 'EUR', maximumFractionDigits: 0 },
  { style: 'currency', currency: 'JPY' },
  { style: 'currency', currency: 'CHF' },
  { style: 'currency', currency: 'CAD', currencyDisplay: 'narrowSymbol' },
  { style: 'currency', currency: 'usd', currencyDisplay: 'code' },
  { notation: 'compact' },
  { notation: 'compact', compactDisplay: 'long' },
  { notation: 'compact', maximumFractionDigits: 1 },
  { signDisplay: 'always' },
  { signDisplay: 'exceptZero' },
  { signDisplay: 'never' },
];

test('numbers are written as Intl writes them for en-US', async () => {
  const given = numberOptions.flatMap((options) => numbers.map((number) => ({ number: String(number), options })));
  const found = await resultOf(
    'return args.map(({ number, options }) => (number === "0" ? 0 : Number(number)).toLocaleString("en-US", options))',
    given,
  );
  const wanted = given.map(({ number, options }) => Number(number).toLocaleString('en-US', options));
  expect(given.map((one, index) => ({ ...one, found: found[index] }))).toEqual(
    given.map((one, index) => ({ ...one, found: wanted[index] })),
  );
});

test('numbers by chance', async () => {
  const next = chance(7);
  const given = Array.from({ length: 300 }, () => (next() - 0.5) * 10 ** Math.floor(next() * 20 - 6));
  const body = 'return args.map((number) => [number.toLocaleString(), new Intl.NumberFormat("en").format(number)])';
  expect(await resultOf(body, given)).toEqual(
    given.map((number) => [number.toLocaleString('en-US'), number.toLocaleString('en-US')]),
  );
});

test('a bigint has its groups too, and lists are joined', async () => {
  expect(
    await resultOf(
      'return [12345678901234567890n.toLocaleString(), (-5n).toLocaleString(), [1234, 5.5].toLocaleString()]',
    ),
  ).toEqual(['12,345,678,901,234,567,890', '-5', '1,234,5.5']);
});

const moments = ['2026-01-02T15:04:05.067Z', '2024-02-29T00:00:00Z', '1999-12-31T12:30:00Z', '0800-07-04T09:05:06.7Z'];
const dateOptions: Intl.DateTimeFormatOptions[] = [
  {},
  ...(['full', 'long', 'medium', 'short'] as const).flatMap((dateStyle) => [
    { dateStyle },
    ...(['full', 'long', 'medium', 'short'] as const).map((timeStyle) => ({ dateStyle, timeStyle })),
  ]),
  { weekday: 'long' },
  { weekday: 'short', month: 'short', day: 'numeric' },
  { year: 'numeric', month: 'long' },
  { year: 'numeric', month: 'long', day: 'numeric' },
  { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
  { year: 'numeric', month: '2-digit', day: '2-digit' },
  { year: 'numeric', month: 'numeric' },
  { year: '2-digit', month: 'short' },
  { month: 'long' },
  { month: 'narrow' },
  { day: '2-digit' },
  { year: 'numeric' },
  { weekday: 'short', year: 'numeric', month: 'numeric', day: 'numeric' },
  { hour: 'numeric' },
  { hour: '2-digit', minute: '2-digit' },
  { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  { hour: 'numeric', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 },
  { minute: 'numeric', second: 'numeric' },
  { month: 'long', day: 'numeric', hour: 'numeric', minute: '2-digit' },
  { weekday: 'long', hour: 'numeric' },
  { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' },
  { timeZone: 'UTC', timeZoneName: 'short' },
];

test('dates and times are written as Intl writes them for en-US, in UTC', async () => {
  const given = dateOptions.flatMap((options) => moments.map((moment) => ({ moment, options })));
  const body = `return args.map(({ moment, options }) => {
    const date = new Date(moment);
    const { timeStyle, dateStyle } = options;
    return [date.toLocaleString('en-US', options), timeStyle ? '' : date.toLocaleDateString('en-US', options),
      dateStyle ? '' : date.toLocaleTimeString([], options), new Intl.DateTimeFormat('en-US', options).format(date)]
  })`;
  const found = await resultOf(body, given);
  const wanted = given.map(({ moment, options: { ...options } }) => {
    const date = new Date(moment);
    const utc = { ...options, timeZone: 'UTC' };
    return [
      date.toLocaleString('en-US', utc),
      options.timeStyle ? '' : date.toLocaleDateString('en-US', utc),
      options.dateStyle ? '' : date.toLocaleTimeString('en-US', utc),
      new Intl.DateTimeFormat('en-US', utc).format(date),
    ].map(plain);
  });
  expect(given.map((one, index) => ({ ...one, found: found[index] }))).toEqual(
    given.map((one, index) => ({ ...one, found: wanted[index] })),
  );
});

const alphabets = [
  'abcABCxyz019',
  'aAäÄáàâåæÆzZsßtoøØœðđłéÉñ',
  ' _-,;:!?.\'"()[]{}@*/\\&#%`^+<=>|~$aA0',
  'aB19 -–—“”‘’…€£©',
  '\'‘’‚"“”„e',
  '‐–-a',
];
const sorts: Intl.CollatorOptions[] = [
  {},
  { numeric: true },
  { sensitivity: 'base' },
  { sensitivity: 'accent' },
  { sensitivity: 'case' },
  { caseFirst: 'upper' },
  { numeric: true, sensitivity: 'base' },
];

test('texts are in the order that Intl gives for en-US', async () => {
  const next = chance(11);
  const word = (letters: string) =>
    Array.from({ length: Math.floor(next() * 5) }, () => letters[Math.floor(next() * letters.length)]).join('');
  const given = alphabets.flatMap((letters) =>
    sorts.flatMap((options) => Array.from({ length: 60 }, () => ({ a: word(letters), b: word(letters), options }))),
  );
  const found = await resultOf('return args.map(({ a, b, options }) => a.localeCompare(b, "en", options))', given);
  const wanted = given.map(({ a, b, options }) => Math.sign(a.localeCompare(b, 'en-US', options)));
  expect(given.map((one, index) => ({ ...one, found: found[index] }))).toEqual(
    given.map((one, index) => ({ ...one, found: wanted[index] })),
  );
});

test.each([
  ["(1).toLocaleString('de-DE')", 'locale: "de-DE" is not supported in a script'],
  ["(1).toLocaleString('en-US', { style: 'unit', unit: 'liter' })", 'style: "unit" is not supported in a script'],
  ["new Date(0).toLocaleDateString('en-GB')", 'locale: "en-GB" is not supported'],
  ["new Date(0).toLocaleString('en-US', { timeZone: 'Europe/Berlin' })", 'timeZone: "Europe/Berlin" is not supported'],
  ["new Date(0).toLocaleDateString('en-US', { era: 'short' })", 'era: "short" is not supported'],
  ["'a'.localeCompare('b', 'sv')", 'locale: "sv" is not supported'],
  ["'i'.toLocaleUpperCase('tr')", 'locale: "tr" is not supported'],
  ["new Intl.RelativeTimeFormat('en')", 'Intl.RelativeTimeFormat is not supported in a script'],
])('%s throws, by name', async (code, message) => {
  const { ending } = await play(`return ${code}`);
  expect(ending).toMatchObject({ status: 'failed', reason: expect.stringContaining(message) });
});

test('lists and plurals', async () => {
  expect(
    await resultOf(`return [new Intl.ListFormat('en').format(['a', 'b', 'c']), new Intl.PluralRules('en-US').select(2),
      new Intl.PluralRules('en-US', { type: 'ordinal' }).select(22), ['b', 'a', 'C'].sort(new Intl.Collator().compare).join()]`),
  ).toEqual(['a, b, and c', 'other', 'two', 'a,b,C']);
});
