import { expect, test } from 'vitest';
import { z } from 'zod';
import { shownArguments } from '../../contracts/shown.ts';
import { parseArguments } from './arguments.ts';

const tool = { name: 'take', parameters: z.strictObject({ value: z.unknown() }) };
const raw = '{"value":{"ids":[1,9007199254740993]}}';

test('a number that would be rounded is refused with its path; as text it arrives', () => {
  expect(() => parseArguments(tool, raw)).toThrow(
    'Cannot call take: value/ids/1: the number 9007199254740993 cannot be kept exactly; write it as text, in quotes',
  );
  expect(parseArguments(tool, '{"value":"9007199254740993"}')).toEqual({ value: '9007199254740993' });
});

test('who approves a call sees the number that the model wrote', () => {
  expect(shownArguments(raw)).toContain('9007199254740993');
});
