import { type Command, Option } from 'commander';
import { hasEnded, type Subagent, SubagentStatus } from '../../contracts/subagents.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { readPages } from '../pages.ts';
import { wholeNumber } from '../parse-number.ts';
import { printJson, runCommand } from '../run-command.ts';
import { clock } from '../runs/describe.ts';
import { harmless, type Style, styleOf } from '../screen/style.ts';
import { type Column, table } from '../screen/table.ts';

type ListOptions = JsonOption & { status?: SubagentStatus; session?: string; limit: number };

export const addSubagents = (program: Command): void => {
  const subagents = program.command('subagents').description('list, show, cancel, retry or message background agents');
  subagents
    .command('list', { isDefault: true })
    .description('list background agents, newest first')
    .option('--session <id>', 'only those spawned by this session')
    .addOption(new Option('--status <status>', 'only those with this status').choices(SubagentStatus.options))
    .option('--limit <count>', 'the maximum number', wholeNumber(1), 50)
    .option('--json', 'one JSON line for each')
    .action((options: ListOptions) => runCommand(options, () => list(options)));
  subagents
    .command('show <id>')
    .description('show a background agent with its result')
    .option('--json', 'as one JSON line')
    .action((id: string, options: JsonOption) => runCommand(options, () => show(id, options)));
  subagents
    .command('cancel <id>')
    .description('cancel a background agent; the session that spawned it is notified')
    .option('--json', 'as one JSON line')
    .action((id: string, options: JsonOption) => runCommand(options, () => cancel(id, options)));
  subagents
    .command('retry <id>')
    .description('retry a background agent that failed, crashed or was cancelled')
    .option('--json', 'the new attempt as one JSON line')
    .action((id: string, options: JsonOption) => runCommand(options, () => retry(id, options)));
  subagents
    .command('send <id> <text>')
    .description('send a message to a background agent that has not ended')
    .option('--json', 'as one JSON line')
    .action((id: string, text: string, options: JsonOption) => runCommand(options, () => send(id, text, options)));
};

const list = async ({ session, status, limit, json }: ListOptions): Promise<void> => {
  const { api } = await connect();
  const found = await readPages(limit, async (page) => {
    const { subagents: rows, nextCursor } = await api.listSubagents({ ...page, session, status });
    return { rows, nextCursor };
  });
  if (json) for (const subagent of found) printJson(subagent);
  else if (found.length > 0) {
    const style = styleOf(process.stdout);
    process.stdout.write(`${table(columnsIn(style), found, style)}\n`);
  } else process.stderr.write('No such background agents. An agent starts one with its tool spawn_subagent\n');
};

const show = async (id: string, { json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const subagent = await api.getSubagent(id);
  if (json) return printJson(subagent);
  const style = styleOf(process.stdout);
  const session = subagent.sessionId ?? 'deleted';
  const facts = `session ${session}, spawned by ${subagent.parentSessionId} in turn ${subagent.turn}`;
  process.stdout.write(`${style.bold(harmless(subagent.label))}: ${stateOf(subagent)}, ${tookOf(subagent)}\n`);
  process.stdout.write(`${style.dim(facts)}\n`);
  const { usage, metadata, attempt = 1, retryOf } = subagent;
  const used = usage ? [`${usage.requests} model requests, ${usage.input} tokens in, ${usage.output} out`] : [];
  const retried = attempt > 1 ? [`attempt ${attempt}, after ${retryOf}`] : [];
  const noted = metadata ? [JSON.stringify(metadata)] : [];
  for (const line of [...retried, ...used, ...noted]) process.stdout.write(`${style.dim(harmless(line))}\n`);
  const text = subagent.result ?? subagent.reason;
  if (text !== null) process.stdout.write(`${harmless(text).trimEnd()}\n`);
};

const cancel = async (id: string, { json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const { status } = await api.cancelSubagent(id);
  if (json) printJson({ type: 'cancelled', subagentId: id, status });
  else process.stdout.write(`Cancelling background agent ${id}\n`);
};

const retry = async (id: string, { json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const next = await api.retrySubagent(id);
  if (json) printJson(next);
  else process.stdout.write(`Attempt ${next.attempt ?? 1} of "${harmless(next.label)}" is ${next.id}\n`);
};

const send = async (id: string, text: string, { json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const sent = await api.sendToSubagent(id, { text });
  if (json) printJson({ type: 'sent', subagentId: id, ...sent });
  else process.stdout.write(`Sent to background agent ${id}\n`);
};

const stateOf = ({ status, cancelling, code }: Subagent): string => {
  if (cancelling) return `${status}, cancelling`;
  return code === null ? status : `${status} (${code})`;
};

const tookOf = ({ createdAt, startedAt, endedAt }: Subagent): string =>
  clock(Math.max(0, (endedAt === null ? Date.now() : Date.parse(endedAt)) - Date.parse(startedAt ?? createdAt)));

const painters: Record<SubagentStatus, (style: Style) => (text: string) => string> = {
  queued: (style) => style.dim,
  running: (style) => style.cyan,
  completed: (style) => style.green,
  failed: (style) => style.red,
  cancelled: (style) => style.yellow,
  crashed: (style) => style.red,
};

const columnsIn = (style: Style): Column<Subagent>[] => [
  { title: 'ID', value: ({ id }) => id },
  { title: 'STATUS', value: stateOf, paint: (text, { status }) => painters[status](style)(text) },
  { title: 'TOOK', value: tookOf, align: 'right' },
  {
    title: 'AHEAD',
    value: ({ ahead, status }) => (hasEnded(status) || ahead === null ? '' : String(ahead)),
    align: 'right',
  },
  { title: 'SPAWNED BY', value: ({ parentSessionId }) => parentSessionId },
  { title: 'LABEL', value: ({ label }) => label },
];
