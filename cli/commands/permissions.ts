import path from 'node:path';
import { Argument, type Command } from 'commander';
import { EverturnError } from '../../contracts/errors.ts';
import type { PermissionList } from '../../contracts/permissions/api.ts';
import type { RuleDecision } from '../../contracts/permissions/rule.ts';
import { visibleInLine } from '../../contracts/shown.ts';
import { connect } from '../connect.ts';
import { createPrint, type JsonOption } from '../output.ts';
import { printJson, runCommand } from '../run-command.ts';
import { harmless, styleOf } from '../screen/style.ts';
import { type Column, table } from '../screen/table.ts';
import { type RuleOptions, ruleOfOptions } from './rule-options.ts';

type SessionOption = JsonOption & { session?: string };
type AddOptions = SessionOption & RuleOptions & { workspace?: string };

export const addPermissions = (program: Command): void => {
  const permissions = program.command('permissions').description('list, add and remove rules for tool calls');
  permissions
    .command('list', { isDefault: true })
    .description('list rules and granted read access')
    .option('--session <id>', 'only the rules that apply to this session')
    .option('--json', 'one JSON line for each')
    .action((options: SessionOption) => runCommand(options, () => list(options)));
  permissions
    .command('add')
    .description('add a rule for a folder, or for one session')
    .addArgument(new Argument('<decision>', 'what happens to matching calls').choices(['allow', 'ask', 'deny']))
    .option('--tool <name>', 'calls of this tool; * matches any characters')
    .option('--kind <kind>', 'calls of tools that read, write or run')
    .option('--path <glob>', 'calls that touch these files')
    .option('--command <command>', 'this command; a last * lets any arguments follow')
    .option('--host <host>', 'addresses of this host')
    .option('--agent <name>', 'calls of this agent')
    .option('--reason <text>', 'the reason that is shown with it')
    .option('--session <id>', 'for this session and its background agents (default: for the folder)')
    .option('--workspace <folder>', 'for every session in this folder (default: the working folder)')
    .option('--json', 'the rule as one JSON line')
    .action((decision: RuleDecision, options: AddOptions) => runCommand(options, () => add(decision, options)));
  permissions
    .command('remove')
    .description('remove rules and granted read access')
    .argument('<id...>', 'ids from "everturn permissions"')
    .option('--json', 'one JSON line for each')
    .action((ids: string[], options: JsonOption) => runCommand(options, () => remove(ids, options)));
  permissions
    .command('why')
    .description('explain why a call asked, was allowed or was denied')
    .argument('<id>', 'the id of the call: <session>/<turn>/<step>/<call>')
    .option('--json', 'the record as one JSON line')
    .action((id: string, options: JsonOption) => runCommand(options, () => why(id, options)));
};

type Row = PermissionList['rules'][number];

const columns: Column<Row>[] = [
  { title: 'ID', value: ({ id }) => id ?? '-' },
  { title: 'RULE', value: ({ words }) => visibleInLine(words) },
  { title: 'FROM', value: ({ place, createdBy }) => visibleInLine(createdBy ? `${place}, by ${createdBy}` : place) },
];

const rootColumns: Column<PermissionList['roots'][number]>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'MAY READ', value: ({ path: root }) => visibleInLine(root) },
  { title: 'SESSION', value: ({ sessionId }) => sessionId },
  { title: 'BY', value: ({ grantedBy }) => grantedBy },
];

const list = async ({ session, json }: SessionOption): Promise<void> => {
  const { api } = await connect();
  const { rules, roots, faults } = await api.listPermissions(session);
  for (const fault of faults) process.stderr.write(`Every call asks until this is mended: ${harmless(fault)}\n`);
  if (json) {
    for (const rule of rules) printJson({ type: 'rule', ...rule });
    for (const root of roots) printJson({ type: 'root', ...root });
    return;
  }
  const style = styleOf(process.stdout);
  if (rules.length > 0) process.stdout.write(`${table(columns, rules, style)}\n`);
  if (roots.length > 0) process.stdout.write(`${table(rootColumns, roots, style)}\n`);
  if (rules.length + roots.length === 0)
    process.stderr.write('No rules: tools that read may, those that write or run ask first\n');
};

const add = async (decision: RuleDecision, options: AddOptions): Promise<void> => {
  const { session, workspace, json, ...conditions } = options;
  if (session !== undefined && workspace !== undefined)
    throw new EverturnError('bad_request', 'Cannot add the rule: give --session or --workspace, not both');
  const { api } = await connect();
  const place = session === undefined ? { workspace: path.resolve(workspace ?? '.') } : { session };
  const added = await api.addPermission({ rule: ruleOfOptions(decision, conditions), ...place });
  createPrint({ json: json ?? false })(`Added ${added.id}`, { type: 'rule', ...added });
};

const remove = async (ids: readonly string[], { json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  for (const id of ids) {
    await api.removePermission(id);
    createPrint({ json: json ?? false })(`Removed ${id}`, { type: 'removed', id });
  }
};

const why = async (id: string, { json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const { tool, decision, status, answeredBy, because, lateBy } = await api.getApproval(id);
  const end =
    status === 'pending'
      ? 'waits for a user'
      : status === 'closed'
        ? 'was not answered'
        : decision === 'approve'
          ? `was approved by ${answeredBy}`
          : `was denied by ${answeredBy}`;
  const words = [
    `${visibleInLine(tool)} ${end}${lateBy ? `, and approved late by ${lateBy}` : ''}.`,
    because ? visibleInLine(because.words) : 'Why was not kept: an earlier release asked.',
  ];
  createPrint({ json: json ?? false })(words.join('\n'), {
    type: 'why',
    id,
    tool,
    status,
    decision,
    answeredBy,
    because,
  });
};
