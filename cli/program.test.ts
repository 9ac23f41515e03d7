import { expect, test } from 'vitest';
import { commands, createProgram } from './program.ts';
import { jsonLines, startCli } from './testing/cli.ts';

test.each(Object.keys(commands))('%s is what its module adds', async (name) => {
  const { commands: added } = await createProgram(name);
  expect(added.map((command) => command.name())).toEqual([name]);
});

test.each([undefined, 'no-such', '--help', 'toString'])('all are there for "%s"', async (given) => {
  const { commands: added } = await createProgram(given);
  expect(added.map((command) => command.name())).toEqual(Object.keys(commands));
});

test.each([
  [['flows', 'chek'], "unknown command 'chek'"],
  [['sessions', 'show', 's_1'], "unknown command 'show'"],
  [['nosuch'], "unknown command 'nosuch'"],
  [['runs', '--status', 'lost'], "option '--status <status>' argument 'lost' is invalid"],
])('%j is a mistake that is said in words and, with --json, as the last line', async (args, said) => {
  const inWords = await startCli(args).ended;
  expect([inWords.code, inWords.stdout]).toEqual([2, '']);
  expect(inWords.stderr).toContain(`error: ${said}`);
  const asJson = await startCli([...args, '--json']).ended;
  expect(asJson.code).toBe(2);
  expect(jsonLines(asJson.stdout)).toEqual([
    { type: 'error', error: { code: 'bad_request', message: expect.stringContaining(said) } },
  ]);
});

test('a misspelt command of a group whose default is not a list is unknown too', async () => {
  const { code, stderr } = await startCli(['mcp', 'lgin']).ended;
  expect(code).toBe(2);
  expect(stderr).toContain("error: unknown command 'lgin'");
});
