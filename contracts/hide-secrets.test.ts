import { expect, test } from 'vitest';
import { withoutSecretArguments, withoutSecrets, withoutSecretsInAddresses } from './hide-secrets.ts';

test.each([
  ['https://host/a', 'https://host/a'],
  ['see https://u:p@host:1/a?key=1#t, or http://b?c', 'see https://•@host:1/a?•#• or http://b?•'],
  ['https://u:p@ss@host/@scope', 'https://•@host/@scope'],
  ['postgresql://u@h/d', 'postgresql://•@h/d'],
  ['no address: a@b?c', 'no address: a@b?c'],
])('%s', (text, shown) => expect(withoutSecretsInAddresses(text).replaceAll(/•+/g, '•')).toBe(shown));

test('arguments of programs', () => {
  const shown = withoutSecretArguments([
    'run',
    '--token',
    'one',
    '--api_key=two',
    'PASSWORD=three',
    '--token',
    '--verbose',
    'X-Api-Key: four',
    '--name=five',
    `ghp_${'a'.repeat(36)}`,
    'https://h/?six',
  ]);
  expect(shown.join(' ').replaceAll(/•+/g, '•')).toBe(
    'run --token • --api_key=• PASSWORD=• --token --verbose X-Api-Key: • --name=five • https://h/?•',
  );
});

test('what a server repeats of its secrets; a short one may be a word', () => {
  expect(withoutSecrets('bad key abcdefgh-1, and abcdefgh', ['abcdefgh', 'abcdefgh-1', 'bad'])).toMatch(
    /^bad key •+, and •+$/,
  );
});

// Quadratic time would exceed the test's limit.
test('takes time in proportion to the text', () => {
  for (const hostile of ['a', 'a.', 'a://', 'a://b@', '://@?#', 'a://b?', '--token='])
    expect(withoutSecretArguments([hostile.repeat(200_000)])).toHaveLength(1);
});
