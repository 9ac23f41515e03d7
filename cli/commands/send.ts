import { type Command, Option } from 'commander';
import { EverturnError } from '../../contracts/errors.ts';
import { WhenBusy } from '../../contracts/events.ts';
import { connect } from '../connect.ts';
import { withoutGuard } from '../dashes.ts';
import type { JsonOption } from '../output.ts';
import { runCommand } from '../run-command.ts';
import { attachFiles, collect } from '../turn/attach.ts';
import { createExchange } from '../turn/exchange.ts';
import { pickSession, type SessionOptions } from '../turn/pick-session.ts';
import { addSessionOptions } from './session-options.ts';

type SendOptions = JsonOption & SessionOptions & { whenBusy: WhenBusy; wait: boolean; attach?: string[] };

export const addSend = (program: Command): void => {
  addSessionOptions(program.command('send'))
    .description('send a message and follow the turn that answers it; starts the stack if necessary')
    .argument('[text...]', 'the message; "-" or no argument reads standard input')
    .addOption(
      new Option('--when-busy <how>', 'what happens while another turn runs')
        .choices(WhenBusy.options)
        .default('enqueue'),
    )
    .option('--attach <file>', 'an image, a PDF or a text file; repeatable', collect)
    .option('--no-wait', 'return once the message is accepted')
    .option('--json', 'one JSON line for each event of the turn, and nothing else on standard output')
    .action((words: string[], options: SendOptions) => runCommand(options, () => send(words, options)));
};

const send = async (words: string[], options: SendOptions): Promise<void> => {
  const { attach = [] } = options;
  const text = await readText(words, attach.length > 0);
  const connection = await connect({ start: true });
  const { api } = connection;
  const health = await api.health();
  const picked = await pickSession(api, health, options);
  const { json = false, whenBusy, wait } = options;
  const exchange = await createExchange({ connection, health, picked, json });
  const sent = await exchange.send(text, whenBusy, await attachFiles(api, attach));
  if (wait) process.exitCode = await exchange.follow(sent);
  else if (!json) process.stdout.write(`Sent ${sent.messageId}. Follow it: npx everturn tail ${picked.session.id}\n`);
};

/** `mayBeEmpty`: something is attached, so that no text is waited for. */
const readText = async (words: string[], mayBeEmpty: boolean): Promise<string> => {
  if (mayBeEmpty && words.length === 0) return '';
  const given = words.map(withoutGuard).join(' ');
  const text = given === '-' || words.length === 0 ? await readInput() : given;
  if (text.trim() !== '') return text;
  throw new EverturnError(
    'bad_request',
    'Cannot send an empty message: give the text as an argument or on standard input',
  );
};

const readInput = async (): Promise<string> => {
  if (process.stdin.isTTY) process.stderr.write('Type the message, end it with Ctrl-D\n');
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const piece of process.stdin) text += piece;
  return text.replace(/\r?\n$/, '');
};
