import { expect, test } from 'vitest';
import { readUsers } from './users.ts';

const token = 'token-of-the-owner-1';
const users = [
  { name: 'alice', role: 'operator' as const, tokenEnv: 'ALICE_TOKEN' },
  { name: 'bob', role: 'viewer' as const, tokenEnv: 'BOB_TOKEN' },
];
const source = { ALICE_TOKEN: 'token-of-alice-0001', BOB_TOKEN: 'token-of-bob-000001' };

test('users have the tokens of their variables', () => {
  expect(readUsers({ users }, token, source)).toEqual([
    { name: 'alice', role: 'operator', token: source.ALICE_TOKEN },
    { name: 'bob', role: 'viewer', token: source.BOB_TOKEN },
  ]);
});

test.each<[NodeJS.ProcessEnv, RegExp]>([
  [{ ...source, BOB_TOKEN: undefined }, /the user bob of everturn\.yaml: BOB_TOKEN is not set/],
  [{ ...source, BOB_TOKEN: 'short' }, /BOB_TOKEN holds no such token.*16 characters/],
  [{ ...source, BOB_TOKEN: 'a token with blanks in it' }, /BOB_TOKEN holds no such token/],
  [{ ...source, BOB_TOKEN: token }, /BOB_TOKEN holds the token of owner/],
  [{ ...source, BOB_TOKEN: source.ALICE_TOKEN }, /BOB_TOKEN holds the token of alice/],
])('a token that cannot be told from others, or guessed, stops the API: %o', (wrong, message) => {
  expect(() => readUsers({ users }, token, wrong)).toThrow(message);
});
