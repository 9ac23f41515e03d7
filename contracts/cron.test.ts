import { Cron } from 'croner';
import fc from 'fast-check';
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

/** The moments of a week's schedule from one beginning, as another engine counts them. */
const momentsOf = (crons: readonly string[]): number[] => {
  const start = new Date('2027-01-25T00:00:00Z');
  const all = crons.flatMap((cron) =>
    new Cron(cron, { mode: '5-part', timezone: 'UTC', paused: true }).nextRuns(12, start).map((time) => time.getTime()),
  );
  return [...new Set(all)].toSorted((a, b) => a - b).slice(0, 12);
};

test('the plain expressions together have the moments of the one that was written', () => {
  const day = fc.constantFrom('*', '1', '13', '30', '29,31', '5-9', '10-20/5');
  const month = fc.constantFrom('*', '2', 'JAN,FEB', '2-4', '6-12/3');
  const weekday = fc.constantFrom('*', '5', 'MON', '0', '7', '1-5', 'TUE,SAT', '1-6/2');
  const time = fc.constantFrom('0 9', '*/30 0', '15,45 6-8', '5-59/20 12');
  fc.assert(
    fc.property(time, day, month, weekday, (at, ...days) => {
      const cron = [at, ...days].join(' ');
      if (cronFault(cron) === null) expect(momentsOf(plainCrons(cron))).toEqual(momentsOf([cron]));
      else expect(new Cron(cron, { mode: '5-part', paused: true }).nextRun()).toBeNull();
    }),
    { numRuns: 120 },
  );
});
