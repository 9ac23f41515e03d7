import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inexactNumber, isExact } from './exact-json.ts';

const refused = (path: string, number: string): string =>
  `${path}: the number ${number} cannot be kept exactly; write it as text, in quotes`;

test.each([
  ['{"a":[1,{"b":9007199254740993}]}', refused('body/a/1/b', '9007199254740993')],
  ['9007199254740993', refused('body', '9007199254740993')],
  ['[-9007199254740993]', refused('body/0', '-9007199254740993')],
  ['{"n":1e400}', refused('body/n', '1e400')],
  ['{"a":1,"id":1152921504606846976}', refused('body/id', '1152921504606846976')],
  ['{"a":"9007199254740993"}', null],
  ['{"9007199254740993":1}', null],
  ['[9007199254740991,9007199254740992,1000000000000000000,1e300,0.1234567890123456789]', null],
  ['no JSON 9007199254740993', null],
])('%s', (text, fault) => expect(inexactNumber('body', text)).toBe(fault));

test('an integer is exact if its digits come back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (integer) => {
      const text = String(integer);
      const isKept = Number.isSafeInteger(Number(text)) || String(Number(text)) === text;
      expect(isExact(text)).toBe(isKept);
    }),
  );
});
