import { expect, test } from 'vitest';
import { cronFault, plainCrons } from './cron.ts';

test.each([
  ['0 9 13 * 5', ['0 9 13 * *', '0 9 * * 5']],
  ['0 9 30 2 1', ['0 9 * 2 1']],
  ['0 9 * * 5', ['0 9 * * 5']],
  ['0 9 13 * *', ['0 9 13 * *']],
  ['*/20 * */10 * MON', ['0,20,40 * 1,11,21,31 * *', '0,20,40 * * * 1']],
  ['5-59/15 0 1 jan *', ['5,20,35,50 0 1 1 *']],
  ['0 0 * * FRI-SUN', ['0 0 * * 0,5,6']],
  ['0 0 * * 5-7', ['0 0 * * 0,5,6']],
  ['0 0 * * 7', ['0 0 * * 0']],
  ['0 0 * * 1-5/2', ['0 0 * * 1,3,5']],
  ['0 0 29 2 *', ['0 0 29 2 *']],
  [' 0\t0  1,1 * * ', ['0 0 1 * *']],
  ['@weekly', ['0 0 * * 0']],
  ['@yearly', ['0 0 1 1 *']],
])('%s', (cron, plain) => {
  expect(cronFault(cron)).toBeNull();
  expect(plainCrons(cron)).toEqual(plain);
});

test.each([
  ['0 0 30 2 *', /no day fits/],
  ['0 0 31 4,6,9,11 *', /no day fits/],
  ['0 0 30-31 2 *', /no day fits/],
  ['60 * * * *', /minute: 60 is not between 0 and 59/],
  ['* 24 * * *', /hour/],
  ['* * 0 * *', /day of month: 0/],
  ['* * * 13 *', /month: 13/],
  ['* * * * 8', /day of week: 8/],
  ['0 22-2 * * *', /hour: "22-2" runs backwards; write "22-23,0-2"/],
  ['0 0 * * SAT-MON', /runs backwards/],
  ['*/0 * * * *', /step "\/0"/],
  ['*/61 * * * *', /step "\/61"/],
  ['1-5-9 * * * *', /not a range/],
  ['1/2/3 * * * *', /more than one step/],
  ['5/15 * * * *', /minute: "5\/15" has a step and no end; write "5-59\/15"/],
  ['1,,2 * * * *', /expected a number, got ""/],
  ['- * * * *', /expected a number/],
  ['* * * mar-foo *', /numbers, names/],
  ['0 0 L * *', /numbers, names/],
  ['0 0 15W * *', /numbers, names/],
  ['0 0 * * 5#2', /numbers, names/],
  ['0 0 ? * 5', /numbers, names/],
  ['0 0 0 * * *', /five fields/],
  ['* * * *', /five fields/],
  ['@reboot', /five fields/],
  ['CRON_TZ=UTC 0 0 * * *', /five fields/],
  ['', /five fields/],
])('refused: %s', (cron, fault) => expect(cronFault(cron)).toMatch(fault));

/** A field as it is written, and the values it allows; null: any. */
type Written = readonly [text: string, values: readonly number[] | null];

const days: Written[] = [
  ['*', null],
  ['1', [1]],
  ['13', [13]],
  ['30', [30]],
  ['29,31', [29, 31]],
  ['5-9', [5, 6, 7, 8, 9]],
  ['10-20/5', [10, 15, 20]],
];
const months: Written[] = [
  ['*', null],
  ['2', [2]],
  ['JAN,FEB', [1, 2]],
  ['2-4', [2, 3, 4]],
  ['6-12/3', [6, 9, 12]],
];
const weekdays: Written[] = [
  ['*', null],
  ['5', [5]],
  ['MON', [1]],
  ['0', [0]],
  ['7', [0]],
  ['1-5', [1, 2, 3, 4, 5]],
  ['TUE,SAT', [2, 6]],
  ['1-6/2', [1, 3, 5]],
];

const numbers = (text = ''): number[] | null => (text === '*' ? null : text.split(',').map(Number));
const allows = (values: readonly number[] | null, value: number): boolean => values === null || values.includes(value);

/** The days of four years, of which one is a leap year, on which something is due: `fits` says for each. */
const datesWhere = (fits: (date: Date) => boolean): string[] =>
  Array.from({ length: 4 * 365 + 1 }, (_, days) => new Date(Date.UTC(2027, 0, 1 + days)))
    .filter(fits)
    .map((date) => date.toISOString().slice(0, 10));

/** What Temporal makes of expressions of `*` and numbers: each wants all of its fields. */
const plainDates = (crons: readonly string[]): string[] => {
  const specs = crons.map((cron) => cron.split(' ').map(numbers));
  return datesWhere((date) =>
    specs.some(
      ([, , day = null, month = null, weekday = null]) =>
        allows(day, date.getUTCDate()) && allows(month, date.getUTCMonth() + 1) && allows(weekday, date.getUTCDay()),
    ),
  );
};

/** What POSIX says of the fields: where both days are restricted, either is enough. */
const posixDates = ([, day]: Written, [, month]: Written, [, weekday]: Written): string[] =>
  datesWhere((date) => {
    if (!allows(month, date.getUTCMonth() + 1)) return false;
    if (day === null || weekday === null) return allows(day, date.getUTCDate()) && allows(weekday, date.getUTCDay());
    return day.includes(date.getUTCDate()) || weekday.includes(date.getUTCDay());
  });

test('the plain expressions together have the dates of the one that was written', () => {
  for (const day of days) {
    for (const month of months) {
      for (const weekday of weekdays) {
        const cron = ['15,45 6', day[0], month[0], weekday[0]].join(' ');
        const dates = posixDates(day, month, weekday);
        if (dates.length === 0) expect(cronFault(cron), cron).toMatch(/no day fits/);
        else expect(plainDates(plainCrons(cron)), cron).toEqual(dates);
      }
    }
  }
});

test('the plain expressions keep the time of day', () => {
  for (const [time, plain] of [
    ['0 9', '0 9'],
    ['*/30 0', '0,30 0'],
    ['15,45 6-8', '15,45 6,7,8'],
    ['5-59/20 12', '5,25,45 12'],
  ] as const) {
    for (const cron of plainCrons(`${time} 1 * TUE,SAT`)) expect(cron.startsWith(`${plain} `)).toBe(true);
  }
});
