import type { Command } from 'commander';
import type { Session, SessionStatus } from '../../contracts/api.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { readPages } from '../pages.ts';
import { wholeNumber } from '../parse-number.ts';
import { printJson, runCommand } from '../run-command.ts';
import { harmless, oneLine, type Style, styleOf } from '../screen/style.ts';
import { type Column, table } from '../screen/table.ts';
import { addCompact } from './compact.ts';
import { addSessionChanges } from './session-changes.ts';
import { addSessionFiles } from './session-files.ts';

type SessionsOptions = JsonOption & { q?: string; archived?: boolean; limit: number };
type SearchOptions = JsonOption & { archived?: boolean; limit: number };

export const addSessions = (program: Command): void => {
  const command = program.command('sessions').description('list, search, change, export and import sessions');
  command
    .command('list', { isDefault: true })
    .description('list sessions, most recently used first')
    .option('--q <text>', 'only sessions whose title or id contains this')
    .option('--archived', 'only archived sessions')
    .option('--limit <count>', 'the maximum number', wholeNumber(1), 50)
    .option('--json', 'one JSON line for each session')
    .action((options: SessionsOptions) => runCommand(options, () => sessions(options)));
  command
    .command('search <words...>')
    .description('find sessions by their text: words, "phrases", or, -not')
    .option('--archived', 'include archived sessions')
    .option('--limit <count>', 'the maximum number', wholeNumber(1), 20)
    .option('--json', 'one JSON line for each')
    .action((words: string[], options: SearchOptions) => runCommand(options, () => search(words.join(' '), options)));
  addSessionChanges(command);
  addSessionFiles(command);
  addCompact(command);
};

const sessions = async ({ q, limit, archived, json }: SessionsOptions): Promise<void> => {
  const { api } = await connect();
  const found = await readPages(limit, async (page) => {
    const { sessions: rows, nextCursor } = await api.listSessions({
      ...page,
      ...(q === undefined ? {} : { q }),
      ...(archived ? { archived: 'true' } : {}),
    });
    return { rows, nextCursor };
  });
  if (json) {
    for (const session of found) printJson(session);
    return;
  }
  if (found.length > 0)
    process.stdout.write(`${table(columnsIn(styleOf(process.stdout)), found, styleOf(process.stdout))}\n`);
  else
    process.stderr.write(
      q === undefined ? 'No sessions yet. Begin one: npx everturn send --new "…"\n' : `No session contains "${q}"\n`,
    );
};

const inLine = (text: string): string => harmless(text).replaceAll(/\s+/g, ' ');

const search = async (q: string, { limit, archived, json }: SearchOptions): Promise<void> => {
  const { api } = await connect();
  const { results, isComplete } = await api.searchTranscripts({
    q,
    limit: Math.min(limit, 50),
    ...(archived ? { archived: 'true' } : {}),
  });
  const style = styleOf(process.stdout);
  if (!isComplete)
    process.stderr.write('The search stopped before the oldest turns. Add words that fewer turns contain\n');
  else if (results.length === 0) process.stderr.write(`No transcript contains "${q}"\n`);
  for (const result of results) {
    if (json) printJson(result);
    else {
      const { sessionId, turn, title, isArchived, snippet } = result;
      const text = snippet.map((part) => (part.isMatch ? style.bold(inLine(part.text)) : inLine(part.text))).join('');
      process.stdout.write(
        `${sessionId}  turn ${turn}  ${oneLine(title, 60)}${isArchived ? style.dim(' (archived)') : ''}\n    ${text}\n`,
      );
    }
  }
};

const painters: Record<SessionStatus, (style: Style) => (text: string) => string> = {
  idle: (style) => style.dim,
  running: (style) => style.green,
  waiting: (style) => style.yellow,
};

const columnsIn = (style: Style): Column<Session>[] => [
  { title: 'ID', value: ({ id }) => id },
  { title: 'STATUS', value: ({ status }) => status, paint: (text, { status }) => painters[status](style)(text) },
  { title: 'TURNS', value: ({ turns }) => String(turns), align: 'right' },
  {
    title: 'TOKENS',
    value: ({ usage }) =>
      usage ? `${usage.estimated > 0 ? '~' : ''}${(usage.input + usage.output).toLocaleString('en')}` : '',
    align: 'right',
  },
  {
    title: 'COST',
    value: ({ usage }) => (usage?.cost ? `$${usage.cost.toFixed(usage.cost < 1 ? 4 : 2)}` : ''),
    align: 'right',
  },
  { title: 'UPDATED', value: ({ updatedAt }) => localTime(updatedAt) },
  { title: 'TITLE', value: ({ title }) => title },
];

/** `2026-01-31 13:45:00`, in the zone of this machine. */
const localTime = (at: string): string => new Date(at).toLocaleString('sv');
