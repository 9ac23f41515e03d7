import type { Command } from 'commander';
import type { Session, SessionStatus } from '../../contracts/api.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { readPages } from '../pages.ts';
import { wholeNumber } from '../parse-number.ts';
import { printJson, runCommand } from '../run-command.ts';
import { type Style, styleOf } from '../screen/style.ts';
import { type Column, table } from '../screen/table.ts';

type SessionsOptions = JsonOption & { q?: string; limit: number };

export const addSessions = (program: Command): void => {
  program
    .command('sessions')
    .description('list sessions, the one used last first')
    .option('--q <text>', 'those whose title or id contains this')
    .option('--limit <count>', 'how many at most', wholeNumber(1), 50)
    .option('--json', 'one JSON line for each session')
    .action((options: SessionsOptions) => runCommand(options, () => sessions(options)));
};

const sessions = async ({ q, limit, json }: SessionsOptions): Promise<void> => {
  const { api } = await connect();
  const found = await readPages(limit, async (page) => {
    const { sessions: rows, nextCursor } = await api.listSessions({ ...page, ...(q === undefined ? {} : { q }) });
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

const painters: Record<SessionStatus, (style: Style) => (text: string) => string> = {
  idle: (style) => style.dim,
  running: (style) => style.green,
  waiting: (style) => style.yellow,
};

const columnsIn = (style: Style): Column<Session>[] => [
  { title: 'ID', value: ({ id }) => id },
  { title: 'STATUS', value: ({ status }) => status, paint: (text, { status }) => painters[status](style)(text) },
  { title: 'TURNS', value: ({ turns }) => String(turns), align: 'right' },
  { title: 'UPDATED', value: ({ updatedAt }) => localTime(updatedAt) },
  { title: 'TITLE', value: ({ title }) => title },
];

/** `2026-01-31 13:45:00`, in the zone of this machine. */
const localTime = (at: string): string => new Date(at).toLocaleString('sv');
