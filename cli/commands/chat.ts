import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import type { ApiClient } from '../../client/api.ts';
import type { AttachmentRef } from '../../contracts/attachments.ts';
import { connect } from '../connect.ts';
import { exitCodes } from '../exit.ts';
import type { JsonOption } from '../output.ts';
import { runCommand } from '../run-command.ts';
import { attachFiles, collect } from '../turn/attach.ts';
import { chatAtTerminal } from '../turn/chat.ts';
import { type ChatLine, parseChatLine } from '../turn/chat-line.ts';
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
  if (!json && process.stdin.isTTY && process.stderr.isTTY)
    await chatAtTerminal({ api, health, sessionId: id, attached });
  else await sendLines(await createExchange({ connection, health, picked, json }), { api, id, json, attached });
};

type Piped = { api: ApiClient; id: string; json: boolean; attached: AttachmentRef[] };

/** A line that is a command rather than a message. */
const command = async (line: ChatLine, { api, id, json, attached }: Piped): Promise<void> => {
  if (line.kind === 'attach' && line.text !== '') attached.push(...(await attachFiles(api, [line.text])));
  else if (line.kind === 'context') await showContext(id, { json });
  else if (line.kind === 'compact') await compact(id, { json, ...(line.text === '' ? {} : { keep: line.text }) });
  else
    process.stderr.write(
      `/${line.kind} needs a terminal. Piped, chat takes /attach FILE, /compact, /context and /quit\n`,
    );
};

/** The exit code is that of the first turn that was not completed. */
const sendLines = async (exchange: Exchange, piped: Piped): Promise<void> => {
  for await (const text of createInterface({ input: process.stdin })) {
    const line = parseChatLine(text);
    if (line?.kind === 'quit') break;
    if (line?.kind === 'message' || line?.kind === 'unknown') {
      const code = await exchange.follow(await exchange.send(line.text, 'enqueue', piped.attached.splice(0)));
      process.exitCode ||= code;
      if (code === exitCodes.interrupted) break;
    } else if (line) await command(line, piped);
  }
};
