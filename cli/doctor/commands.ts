import type { Config } from '../../contracts/config.ts';
import { confineCommands } from '../../worker/commands.ts';
import { type Check, ok, warn } from './check.ts';

const name = 'commands';

/** How commands of agents are kept apart here, tried out. Throws `config_invalid` when what is configured does not work. */
export const checkCommands = async (project: string, config: Config): Promise<Check[]> => {
  const { confinement, passed } = await confineCommands({ project, config, workerId: null });
  const { kind, words, endsAll } = confinement;
  const why = passed.map((one) => `${one.kind}: ${one.reason}`).join('; ');
  const found = `${kind}: ${words}${why === '' ? '' : ` (${why})`}`;
  if (kind === 'none') {
    return [
      warn(
        name,
        found,
        'Install bubblewrap or allow unprivileged user namespaces, or name a container in commands.sandbox; docs/security.md says what a command can reach',
      ),
    ];
  }
  if (endsAll) return [ok(name, found)];
  const todo = 'What a command starts in a session of its own can outlive it: it is looked for and reported';
  return [warn(name, found, todo)];
};
