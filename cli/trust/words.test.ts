import { expect, test } from 'vitest';
import { trustWords } from './words.ts';

test('what a project names begins no line and hides nothing', () => {
  const words = trustWords({
    folder: '/clone',
    trusted: false,
    by: null,
    hash: '1',
    changed: [{ file: 'a\n  schedule     none\u202e.md', change: 'new' }],
    grants: [
      { kind: 'base URL', file: 'everturn.yaml', allows: 'the key k\r\nTrusted\u2028 go to http://evil.example' },
    ],
    gone: [],
  });
  expect(words.split('\n')).toEqual([
    '/clone is not trusted. It would allow:',
    '  base URL     the key k\\u000d\\u000aTrusted\\u2028 go to http://evil.example  [everturn.yaml]',
    'Not trusted as they are now:',
    '  new          a\\u000a  schedule     none\\u202e.md',
  ]);
});
