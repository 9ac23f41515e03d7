import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { BackgroundCommand } from '../../../contracts/command-result.ts';
import type { Store } from '../../../store/store.ts';
import { defineTool, ok } from '../define.ts';
import { failed } from '../failed.ts';
import { quote, storable } from '../text.ts';
import type { Tool, ToolContext } from '../tool.ts';

const maxCharacters = 30_000;
const lookMs = 100;

const id = z.string().min(1).max(100).describe('As run_command gave it');

const endings = ({ status, exitCode, signal }: BackgroundCommand): string => {
  if (status === 'running') return 'Running';
  if (status === 'lost') return 'Ended: the process that ran it died, and it with it';
  const how = signal === null ? `exit code ${exitCode ?? 'unknown'}` : `killed by ${signal}`;
  return status === 'stopped' ? `Stopped (${how})` : `Ended (${how})`;
};

/** Throws `tool_failed` for a command of another session too. */
const findOwn = async (
  { commands }: Pick<Store, 'commands'>,
  { sessionId }: ToolContext,
  given: string,
): Promise<BackgroundCommand> => {
  const found = await commands.find(given);
  if (found?.sessionId === sessionId) return found;
  const own = (await commands.ofSession(sessionId)).map((one) => one.id);
  throw failed(
    `there is no such command of this session; ${own.length > 0 ? `there are ${own.join(', ')}` : 'there are none'}`,
  );
};

const inputId = ({ idempotencyKey }: ToolContext): string =>
  `in_${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 24)}`;

/** What it wrote from a place on, and where to go on. */
const written = (command: BackgroundCommand, since: number): string => {
  const { output, outputFrom } = command;
  const end = outputFrom + output.length;
  const from = Math.max(since, outputFrom, end - maxCharacters);
  const skipped = from > since ? `[${from - since} characters left out]\n` : '';
  const text = output.slice(from - outputFrom);
  return `${endings(command)}\n${skipped}${text === '' ? '[No new output]' : storable(text)}\n[Continue with since ${end}]`;
};

const createOutput = (store: Pick<Store, 'commands'>): Tool =>
  defineTool({
    name: 'command_output',
    description: 'What a command in the background has written, and whether it still runs.',
    parameters: z.strictObject({
      id,
      since: z.int().min(0).default(0).describe('The place that the last answer named; 0 for the beginning'),
      seconds: z.number().min(0).max(60).default(0).describe('Wait so long for new output or its end'),
    }),
    effect: 'pure',
    permission: 'read',
    doing: ({ id: given }) => `read the output of ${quote(given)}`,
    async run({ id: given, since, seconds }, context) {
      const until = Date.now() + seconds * 1000;
      for (;;) {
        const command = await findOwn(store, context, given);
        const isNew = command.outputFrom + command.output.length > since;
        if (isNew || command.status !== 'running' || Date.now() >= until) return ok(written(command, since));
        await delay(Math.min(lookMs, Math.max(1, until - Date.now())), undefined, { signal: context.signal });
      }
    },
  });

const createInput = (store: Pick<Store, 'commands'>): Tool =>
  defineTool({
    name: 'command_input',
    description: 'Write to the standard input of a command in the background. A line needs its line break.',
    parameters: z
      .strictObject({
        id,
        text: z.string().max(100_000).default('').describe('What to write, as it is'),
        close: z.boolean().default(false).describe('End its input after that'),
      })
      .refine(({ text, close }) => text !== '' || close, 'expected a text, or close'),
    effect: 'idempotent',
    permission: 'run',
    doing: ({ id: given }) => `write to ${quote(given)}`,
    async run({ id: given, text, close }, context) {
      const command = await findOwn(store, context, given);
      if (command.status !== 'running') throw failed(`it no longer runs: ${endings(command)}`);
      await store.commands.write(given, { id: inputId(context), text, closes: close });
      return ok('Written.');
    },
  });

const createStop = (store: Pick<Store, 'commands'>): Tool =>
  defineTool({
    name: 'command_stop',
    description: 'End a command in the background, and all that it started.',
    parameters: z.strictObject({ id }),
    effect: 'idempotent',
    permission: 'read',
    doing: ({ id: given }) => `stop ${quote(given)}`,
    async run({ id: given }, context) {
      await findOwn(store, context, given);
      await store.commands.askToStop(given);
      for (;;) {
        const command = await findOwn(store, context, given);
        if (command.status !== 'running') return ok(endings(command));
        await delay(lookMs, undefined, { signal: context.signal });
      }
    },
  });

/** Tools for commands that `run_command` started in the background. */
export const createBackgroundTools = (store: Pick<Store, 'commands'>): Tool[] => [
  createOutput(store),
  createInput(store),
  createStop(store),
];
