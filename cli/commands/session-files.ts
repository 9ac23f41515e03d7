import type { Command } from 'commander';
import { EverturnError } from '../../contracts/errors.ts';
import { sessionFileLimits } from '../../contracts/session-file.ts';
import { readTextBounded } from '../../files/read-bounded.ts';
import { connect } from '../connect.ts';
import { createPrint, harmlessJson, type JsonOption } from '../output.ts';
import { runCommand } from '../run-command.ts';

type ImportOptions = JsonOption & { workspace?: string; title?: string; agent?: string };

/** Sessions as files of JSON Lines. */
export const addSessionFiles = (sessions: Command): void => {
  sessions
    .command('export <session>')
    .description('write the settled turns of a session to standard output, as JSON Lines')
    .action((id: string) => runCommand({}, () => exportSession(id)));
  sessions
    .command('import <file>')
    .description('import an exported session; - reads standard input. Nothing is run')
    .option('--workspace <folder>', 'the folder the agent works in (default: the folder of the stack)')
    .option('--title <title>', 'its title (default: the exported one)')
    .option('--agent <name>', 'the agent (default: the one with the same name here, otherwise the built-in one)')
    .option('--json', 'one JSON line')
    .action((file: string, options: ImportOptions) => runCommand(options, () => importSession(file, options)));
};

const exportSession = async (id: string): Promise<void> => {
  const { api } = await connect();
  const decoder = new TextDecoder();
  let end = '';
  for await (const bytes of await api.exportSession(id)) {
    const text = decoder.decode(bytes, { stream: true });
    if (!process.stdout.write(process.stdout.isTTY ? harmlessJson(text) : bytes))
      await new Promise((resolve) => process.stdout.once('drain', resolve));
    end = (end + text).slice(-200);
  }
  if (/\{"type":"end"[^\n]*\}\n$/.test(end)) return;
  throw new EverturnError('internal', `Cannot export session ${id} whole: the answer was cut off. Export it again`);
};

const tooLong = (file: string): EverturnError =>
  new EverturnError('body_too_large', `Cannot import ${file}: it has more than ${sessionFileLimits.file} bytes`);

const standardInput = async (): Promise<string> => {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > sessionFileLimits.file) throw tooLong('standard input');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
};

const read = async (file: string): Promise<string> => {
  if (file === '-') return await standardInput();
  try {
    return readTextBounded(file, { most: sessionFileLimits.file });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EverturnError('bad_request', `Cannot import ${file}: ${why}`, { cause });
  }
};

const importSession = async (file: string, { json, ...query }: ImportOptions): Promise<void> => {
  const lines = await read(file);
  const { api } = await connect();
  const made = await api.importSession(lines, query);
  const skipped = made.skippedUsage > 0 ? `; usage of ${made.skippedUsage} requests stays where it was paid` : '';
  const words = `Session ${made.id} with ${made.turns} turns and ${made.chunks} chunks${skipped}`;
  createPrint({ json: json ?? false })(words, { type: 'session', ...made });
};
