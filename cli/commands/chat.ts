import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import type { ApiClient } from '../../client/api.ts';
import type { AttachmentRef } from '../../contracts/attachments.ts';
import { connect } from '../connect.ts';
import { exitCodes } from '../exit.ts';
import type { JsonOption } from '../output.ts';
import { runCommand } from '../run-command.ts';
import { attachFiles, collect } from '../turn/attach.ts';
import { converse } from '../turn/conversation.ts';
import { createExchange, type Exchange } from '../turn/exchange.ts';
import { pickSession, type SessionOptions } from '../turn/pick-session.ts';
import { compact, showContext } from './compact.ts';
import { addSessionOptions } from './session-options.ts';

type ChatOptions = JsonOption & SessionOptions & { attach?: string[] };

export const addChat = (program: Command): void => {
  addSessionOptions(program.command('chat'))
    .description(
      'talk in one session; when piped, each line is a message, or /attach, /compact or /context, and waits for the previous one',
    )
    .option('--attach <file>', 'attach to the first message; repeatable', collect)
    .option('--json', 'like "send --json", for each line of standard input')
    .action((options: ChatOptions) => runCommand(options, () => chat(options)));
};

const chat = async (options: ChatOptions): Promise<void> => {
  const connection = await connect({ start: true });
  const { api } = connection;
  const health = await api.health();
  const picked = await pickSession(api, health, options);
  const { json = false } = options;
  const attached = await attachFiles(api, options.attach ?? []);
  const { id } = picked.session;
  if (!json && process.stdin.isTTY && process.stderr.isTTY) await converse({ api, health, sessionId: id, attached });
  else await sendLines(createExchange({ connection, health, picked, json }), { api, id, json, attached });
};

type Piped = { api: ApiClient; id: string; json: boolean; attached: AttachmentRef[] };

/** What a terminal takes for a command is no message here either. */
const isCommand = /^\/((compact|attach)(\s.*)?|context|cancel|queue|help)$/;

const command = async (text: string, { api, id, json, attached }: Piped): Promise<void> => {
  if (text.startsWith('/attach ')) attached.push(...(await attachFiles(api, [text.slice('/attach '.length).trim()])));
  else if (text === '/context') await showContext(id, { json });
  else if (text.startsWith('/compact')) {
    const keep = text.slice('/compact'.length).trim();
    await compact(id, { json, ...(keep === '' ? {} : { keep }) });
  } else
    process.stderr.write(`${text} is for terminals. Piped, chat knows /attach FILE, /compact, /context and /quit\n`);
};

/** The exit code is that of the first turn that was not completed. */
const sendLines = async (exchange: Exchange, piped: Piped): Promise<void> => {
  for await (const line of createInterface({ input: process.stdin })) {
    const text = line.trim();
    if (text === '') continue;
    if (/^\/(quit|exit)$/.test(text)) break;
    if (isCommand.test(text)) {
      await command(text, piped);
      continue;
    }
    const code = await exchange.follow(await exchange.send(line, 'enqueue', piped.attached.splice(0)));
    process.exitCode ||= code;
    if (code === exitCodes.interrupted) break;
  }
};
