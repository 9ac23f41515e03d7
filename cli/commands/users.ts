import { type Command, Option } from 'commander';
import { Role, type User } from '../../contracts/users.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { wholeNumber } from '../parse-number.ts';
import { printJson, runCommand } from '../run-command.ts';
import { styleOf } from '../screen/style.ts';
import { type Column, table } from '../screen/table.ts';

type AddOptions = JsonOption & { role: Role; expiresInDays?: number };

export const addUsers = (program: Command): void => {
  const users = program.command('users').description('list who has access; add, change or remove a user (admins)');
  users
    .command('list', { isDefault: true })
    .description('list users with their roles')
    .option('--json', 'one JSON line for each')
    .action((options: JsonOption) => runCommand(options, () => list(options)));
  users
    .command('add <name>')
    .description('add a user; prints the token, once')
    .addOption(new Option('--role <role>', 'what the user may do').choices(Role.options).default('operator'))
    .option('--expires-in-days <days>', 'the days until the token expires', wholeNumber(1))
    .option('--json', 'as one JSON line')
    .action((name: string, options: AddOptions) => runCommand(options, () => add(name, options)));
  users
    .command('role <name> <role>')
    .description(`change the role of a user: ${Role.options.join(', ')}`)
    .option('--json', 'as one JSON line')
    .action((name: string, role: string, options: JsonOption) =>
      runCommand(options, () => change(name, role, options)),
    );
  users
    .command('remove <name>')
    .description("revoke a user's tokens and logins, and end their streams")
    .option('--json', 'as one JSON line')
    .action((name: string, options: JsonOption) => runCommand(options, () => remove(name, options)));
};

const columns: Column<User>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'ROLE', value: ({ role }) => role },
  { title: 'BY', value: ({ origin }) => ({ file: 'configuration', token: 'token', login: 'login' })[origin] },
  { title: 'SINCE', value: ({ createdAt }) => createdAt ?? '' },
  { title: 'UNTIL', value: ({ expiresAt }) => expiresAt ?? '' },
];

const list = async ({ json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const { users } = await api.listUsers();
  if (json) for (const user of users) printJson(user);
  else process.stdout.write(`${table(columns, users, styleOf(process.stdout))}\n`);
};

const add = async (name: string, { role, expiresInDays, json }: AddOptions): Promise<void> => {
  const { api, url } = await connect();
  const added = await api.addUser({ name, role, ...(expiresInDays === undefined ? {} : { expiresInDays }) });
  if (json) return printJson({ type: 'added', ...added });
  process.stderr.write(`${name} is ${role}. The token is shown once; sign in with it at ${url}\n`);
  process.stdout.write(`${added.token}\n`);
};

const change = async (name: string, given: string, { json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const user = await api.changeUser(name, { role: Role.parse(given) });
  if (json) printJson({ type: 'changed', user });
  else process.stdout.write(`${name} is ${user.role}\n`);
};

const remove = async (name: string, { json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  await api.removeUser(name);
  if (json) printJson({ type: 'removed', name });
  else process.stdout.write(`${name} no longer has access\n`);
};
