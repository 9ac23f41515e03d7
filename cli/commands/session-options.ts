import { type Command, Option } from 'commander';
import { changeModes } from '../../contracts/file-changes.ts';
import { wholeNumber } from '../parse-number.ts';
import { dollars } from '../runs/budget.ts';
import { parseAllow } from '../turn/pick-session.ts';

/** Which session a message goes to. */
export const addSessionOptions = (command: Command): Command =>
  command
    .option('--new', 'start a new session (default: the last one of this folder)')
    .option('--session <id>', 'this session')
    .option('--workspace <folder>', 'the folder the agent works in (default: the folder of the stack)')
    .option('--allow <permissions>', 'with --new: permissions that need no approval, such as write,run', parseAllow)
    .addOption(new Option('--changes <mode>', 'with --new: how changes of files are applied').choices(changeModes))
    .option('--agent <name>', 'with --new: the agent, by the name of its file (default: the built-in one)')
    .option('--budget-tokens <count>', 'with --new: tokens of all kinds that the session may use', wholeNumber(1))
    .option('--budget-dollars <amount>', 'with --new: US dollars that the session may use', dollars)
    .option('--title <title>', 'with --new: its title (default: the first line of the first message)');
