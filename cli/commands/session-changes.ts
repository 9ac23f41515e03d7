import { type Command, Option } from 'commander';
import type { UpdateSession } from '../../contracts/api.ts';
import { type ChangeMode, changeModes } from '../../contracts/file-changes.ts';
import type { ToolPermission } from '../../contracts/tools.ts';
import { connect } from '../connect.ts';
import { createPrint, type JsonOption } from '../output.ts';
import { runCommand } from '../run-command.ts';
import { parseAllow } from '../turn/pick-session.ts';

type SetOptions = JsonOption & {
  title?: string;
  model?: string;
  agent?: string;
  allow?: ToolPermission[];
  ask?: boolean;
  changes?: ChangeMode;
  autoFix?: 'on' | 'off';
};

/** What a session continues with, between turns. */
export const addSessionChanges = (sessions: Command): void => {
  sessions
    .command('set <session>')
    .description('change the title, model, agent or permissions of a session, between turns')
    .option('--title <title>', 'its title')
    .option('--model <name>', 'the name of a model of everturn.yaml')
    .option('--agent <name>', 'the agent; the session also gets its model, unless --model is given')
    .option('--allow <permissions>', 'permissions that need no approval from now on, such as write,run', parseAllow)
    .option('--ask', 'ask for everything again')
    .addOption(
      new Option('--changes <mode>', 'how changes of files are applied from now on; also while a turn runs').choices(
        changeModes,
      ),
    )
    .addOption(
      new Option(
        '--auto-fix <choice>',
        'whether the check command runs after steps that write; applies at once',
      ).choices(['on', 'off']),
    )
    .option('--json', 'the session as one JSON line')
    .action((id: string, { ask, json, changes, ...change }: SetOptions) =>
      runCommand({ json: json ?? false }, () =>
        set(
          id,
          { ...change, ...(ask ? { allow: [] } : {}), ...(changes ? { changeMode: changes } : {}) },
          { json: json ?? false },
        ),
      ),
    );
  for (const [name, archived] of [
    ['archive', true],
    ['unarchive', false],
  ] as const) {
    sessions
      .command(`${name} <session>`)
      .description(archived ? 'remove a session from the list; a message restores it' : 'restore an archived session')
      .option('--json', 'the session as one JSON line')
      .action((id: string, options: JsonOption) => runCommand(options, () => set(id, { archived }, options)));
  }
};

const set = async (id: string, change: UpdateSession, options: JsonOption): Promise<void> => {
  const { api } = await connect();
  const session = await api.updateSession(id, change);
  const { title, model, agent, allow, changeMode, archivedAt } = session;
  const facts = [
    `agent ${agent}`,
    `model ${model}`,
    allow.length > 0 ? `may ${allow.join(', ')} unasked` : 'asks first',
    ...(changeMode === 'ask' ? [] : [`changes: ${changeMode}`]),
  ];
  const words = `${id} ${title ? `"${title}" ` : ''}${facts.join(', ')}${archivedAt === null ? '' : ', archived'}`;
  createPrint(options)(words, { type: 'session', ...session });
};
