import { expect, test } from 'vitest';
import { commands, createProgram } from './program.ts';

test.each(Object.keys(commands))('%s is what its module adds', async (name) => {
  const { commands: added } = await createProgram(name);
  expect(added.map((command) => command.name())).toEqual([name]);
});

test.each([undefined, 'no-such', '--help', 'toString'])('all are there for "%s"', async (given) => {
  const { commands: added } = await createProgram(given);
  expect(added.map((command) => command.name())).toEqual(Object.keys(commands));
});
