import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { until } from '../../test/support/until.ts';
import { createTerminal } from '../screen/terminal.ts';
import { openChatPrompt } from './chat-prompt.ts';

/** A prompt on a terminal whose keys and screen the test has. */
const opened = () => {
  const stdin = new PassThrough();
  const tty = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  let drawn = '';
  tty.setEncoding('utf8').on('data', (piece: string) => {
    drawn += piece;
  });
  const seen: string[] = [];
  const state = { busy: false };
  const terminal = createTerminal({ stdin, stdout: tty, stderr: tty });
  const prompt = openChatPrompt(terminal, {
    text: '> ',
    isBusy: () => state.busy,
    onLine: (line) => seen.push(line),
    onInterrupt: () => seen.push('^C'),
    onClose: () => seen.push('^D'),
  });
  prompt.refresh();
  const drew = (text: string) =>
    until(`"${text}" on the terminal`, () => stripVTControlCharacters(drawn).endsWith(text));
  const type = (keys: string): void => {
    stdin.write(keys);
  };
  return { terminal, prompt, seen, state, drew, type, drawn: () => stripVTControlCharacters(drawn) };
};

test('lines come as they are typed; Ctrl-C takes back what is typed, then interrupts; Ctrl-D closes', async () => {
  const { seen, drew, type } = opened();
  type('one\r');
  await until('the line', () => seen.length === 1);
  type('two');
  await drew('> two');
  type('\u0003');
  await drew('> ');
  type('\u0003');
  await until('the interrupt', () => seen.length === 2);
  type('\u0004');
  await until('the end', () => seen.length === 3);
  expect(seen).toEqual(['one', '^C', '^D']);
});

test('while a turn runs, the prompt comes with the first key and output goes above it in whole lines', async () => {
  const { terminal, prompt, state, drew, drawn, type, seen } = opened();
  state.busy = true;
  prompt.refresh();
  terminal.out.write('The re');
  await drew('The re');
  type('wa');
  await drew('> wa');
  expect(drawn()).toContain('The re\n> ');
  terminal.out.write('ply.');
  type('it');
  await drew('> wait');
  terminal.out.write(' It goes on.\nAnd on');
  await drew('ply. It goes on.\n> wait');
  type('\r');
  await drew('And on');
  expect(seen).toEqual(['wait']);
});

test('a question takes the prompt; the draft comes back after it', async () => {
  const { prompt, drew, type, seen } = opened();
  type('draft');
  await drew('> draft');
  const answer = prompt.ask('Allow? ', new AbortController().signal);
  await drew('Allow? ');
  type('y\r');
  expect(await answer).toBe('y');
  await drew('> draft');
  type('ed\r');
  await until('the line', () => seen.length === 1);
  expect(seen).toEqual(['drafted']);
});

test('a question that is taken back takes its half answer along', async () => {
  const { prompt, drew, type, seen } = opened();
  const takenBack = new AbortController();
  const answer = prompt.ask('Allow? ', takenBack.signal);
  type('ye');
  await drew('Allow? ye');
  takenBack.abort();
  expect(await answer).toBeNull();
  await drew('> ');
  type('new\r');
  await until('the line', () => seen.length === 1);
  expect(seen).toEqual(['new']);
});
