import { expect, test } from 'vitest';
import { McpServer } from '../../../contracts/mcp.ts';
import { openUnconfined } from '../confine/tracked.ts';
import { quietly } from './quiet.ts';

const quiet = (config: object, words: string): string =>
  quietly(
    {
      name: 'remote',
      config: McpServer.parse(config),
      project: '/',
      environment: { confinement: openUnconfined(null), base: {}, value: (name) => `value-of-${name}` },
    },
    words,
  );

test('a server that repeats what it was given does not bring it into logs and lists', () => {
  const http = {
    url: 'https://mcp.example/v1?key=hush-hush',
    headers: { authorization: 'Bearer abcdefgh', 'x-team': 'payments' },
    headersFrom: { 'x-key': 'REMOTE_KEY' },
  };
  const said = 'https://mcp.example/v1?key=hush-hush: 401 abcdefgh of payments, value-of-REMOTE_KEY';
  expect(quiet(http, said)).toMatch(/^https:\/\/mcp\.example\/v1\?•+ 401 •+ of payments, •+$/);
  const program = { command: ['serve'], env: { API_TOKEN: '12345678', MODE: 'production' }, envFrom: ['HIDDEN'] };
  expect(quiet(program, 'it said: value-of-HIDDEN 12345678 production')).toMatch(/^it said: •+ •+ production$/);
});
