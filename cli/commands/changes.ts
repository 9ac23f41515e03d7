import { type Command, InvalidArgumentError } from 'commander';
import type { ApiClient } from '../../client/api.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { ChangeState, type FileChange, type UndoChanges } from '../../contracts/file-changes.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { wholeNumber } from '../parse-number.ts';
import { printJson, runCommand } from '../run-command.ts';
import { harmless, oneLine, type Style, styleOf } from '../screen/style.ts';

type ListOptions = JsonOption & { state?: ChangeState; turn?: number; diff?: boolean };
type DecideOptions = JsonOption & { hunk?: number[] };
type UndoOptions = JsonOption & { turn?: number; call?: string; since?: string };

const state = (value: string): ChangeState => {
  const { success, data } = ChangeState.safeParse(value);
  if (!success) throw new InvalidArgumentError(`"${value}" is not one of ${ChangeState.options.join(', ')}.`);
  return data;
};

const collectHunk = (value: string, before: number[] = []): number[] => [...before, wholeNumber(0)(value)];

export const addChanges = (program: Command): void => {
  const changes = program.command('changes').description("list, apply, reject and undo a session's changes to files");
  changes
    .command('list <session>', { isDefault: true })
    .description('list the changes of a session, oldest first')
    .option('--state <state>', 'only this state, such as pending or applied', state)
    .option('--turn <number>', 'only those of this turn', wholeNumber(1))
    .option('--diff', 'with their diffs')
    .option('--json', 'one JSON line for each')
    .action((id: string, options: ListOptions) => runCommand(options, () => list(id, options)));
  for (const [verb, decision, description] of [
    ['apply', 'approve', 'apply pending changes, all or none; without numbers, all of them'],
    ['reject', 'reject', 'reject pending changes; without numbers, all of them'],
  ] as const) {
    const command = changes
      .command(`${verb} <session> [changes...]`)
      .description(description)
      .option('--json', 'one JSON line for each change');
    if (verb === 'apply')
      command.option('--hunk <number>', 'with one change: this hunk of it, from 0; repeatable', collectHunk);
    command.action((id: string, wanted: string[], options: DecideOptions) =>
      runCommand(options, () => decide({ id, wanted, decision }, options)),
    );
  }
  changes
    .command('undo <session>')
    .description('undo applied changes; refused if a file has changed since')
    .option('--turn <number>', 'only those of this turn', wholeNumber(1))
    .option('--call <turn/step/call>', 'only those of this call, such as 1/2/0')
    .option('--since <change>', 'this change and all after it, by number or id')
    .option('--json', 'one JSON line for each change')
    .action((id: string, options: UndoOptions) => runCommand(options, () => undo(id, options)));
};

const allOf = async (
  api: ApiClient,
  id: string,
  query: Pick<ListOptions, 'state' | 'turn'> = {},
): Promise<FileChange[]> => {
  const found: FileChange[] = [];
  let cursor: string | null = null;
  do {
    const page = await api.listFileChanges(id, { ...query, limit: 200, ...(cursor === null ? {} : { cursor }) });
    found.push(...page.changes);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
};

/** People name a change by its number; programs by its id. */
const idsOf = async (api: ApiClient, session: string, wanted: readonly string[]): Promise<string[]> => {
  if (wanted.every((one) => !/^\d+$/.test(one))) return [...wanted];
  const all = await allOf(api, session);
  return wanted.map((one) => {
    const found = all.find(({ number, id }) => String(number) === one || id === one);
    if (found) return found.id;
    throw new EverturnError(
      'change_not_found',
      `Cannot find change ${one}: session ${session} has ${all.length}. List them: npx everturn changes ${session}`,
    );
  });
};

const paint = (style: Style, { state: now }: FileChange): string => {
  if (now === 'applied') return style.green(now);
  if (now === 'pending' || now === 'applying') return style.yellow(now);
  return now === 'conflict' || now === 'failed' ? style.red(now) : now;
};

const lineOf = (change: FileChange, style: Style): string => {
  const { number, kind, from, path, added, removed, hunks, turn, step, call } = change;
  const names = from === null || from === path ? oneLine(path, 200) : `${oneLine(from, 200)} → ${oneLine(path, 200)}`;
  const parts = hunks > 1 ? `, ${hunks} hunks` : '';
  return `${number}  ${paint(style, change)}  ${kind} ${names}  +${added} -${removed}${parts}  call ${turn}/${step}/${call}`;
};

const print = (changes: readonly FileChange[], { json, diff }: ListOptions): void => {
  const style = styleOf(process.stdout);
  for (const change of changes) {
    if (json) {
      printJson(change);
      continue;
    }
    process.stdout.write(`${lineOf(change, style)}\n`);
    for (const note of change.notes) process.stdout.write(`   ${style.yellow('note')} ${harmless(note)}\n`);
    if (change.reason !== null) process.stdout.write(`   ${harmless(change.reason).replaceAll('\n', '\n   ')}\n`);
    if (diff) process.stdout.write(`${harmless(change.diff)}\n`);
  }
};

const list = async (id: string, options: ListOptions): Promise<void> => {
  const { api } = await connect();
  const { state: only, turn } = options;
  const changes = await allOf(api, id, {
    ...(only === undefined ? {} : { state: only }),
    ...(turn === undefined ? {} : { turn }),
  });
  print(changes, options);
  if (options.json) return;
  const waiting = changes.filter((change) => change.state === 'pending').length;
  if (changes.length === 0) process.stderr.write(`Session ${id} has no such changes\n`);
  if (waiting > 0)
    process.stderr.write(
      `${waiting} wait. See them with --diff; apply: npx everturn changes apply ${id}   (or reject)\n`,
    );
};

const decide = async (
  { id, wanted, decision }: { id: string; wanted: string[]; decision: 'approve' | 'reject' },
  { hunk, json }: DecideOptions,
): Promise<void> => {
  const { api } = await connect();
  const changes = wanted.length === 0 ? undefined : await idsOf(api, id, wanted);
  const outcome = await api.decideFileChanges(id, {
    decision,
    ...(changes === undefined ? {} : { changes }),
    ...(hunk === undefined ? {} : { hunks: hunk }),
  });
  print(outcome.changes, { json: json ?? false });
  if (outcome.status === 'working' && !json)
    process.stderr.write(`Decided; see how it ends: npx everturn changes ${id}\n`);
};

const which = async (api: ApiClient, id: string, { turn, call, since }: UndoOptions): Promise<UndoChanges> => {
  const given = [turn, call, since].filter((option) => option !== undefined);
  if (given.length !== 1) {
    throw new EverturnError('bad_request', 'Cannot undo: choose what with one of --turn, --call and --since');
  }
  if (turn !== undefined) return { turn };
  if (since !== undefined) return { since: (await idsOf(api, id, [since]))[0] ?? since };
  const parts = /^(\d+)\/(\d+)\/(\d+)$/.exec(call ?? '');
  if (parts) return { turn: Number(parts[1]), step: Number(parts[2]), call: Number(parts[3]) };
  throw new EverturnError('bad_request', `Cannot undo the call "${call}": name it as turn/step/call, such as 1/2/0`);
};

const undo = async (id: string, options: UndoOptions): Promise<void> => {
  const { api } = await connect();
  const outcome = await api.undoFileChanges(id, await which(api, id, options));
  print(outcome.changes, { json: options.json ?? false });
};
