import { owner } from '../contracts/config/access.ts';
import type { Config } from '../contracts/config.ts';
import { EverturnError } from '../contracts/errors.ts';
import type { FixedUser } from './access/identify.ts';

const shortest = 16;

/** The users of everturn.yaml with their tokens. Throws `config_invalid` for a token that is missing, short or not one's own. */
export const readUsers = ({ users }: Pick<Config, 'users'>, token: string, source: NodeJS.ProcessEnv): FixedUser[] => {
  const known: FixedUser[] = [{ name: owner, role: 'admin', token }];
  for (const { name, role, tokenEnv } of users) {
    const given = source[tokenEnv] ?? '';
    const refuse = (why: string) =>
      new EverturnError(
        'config_invalid',
        `Cannot add the user ${name} of everturn.yaml: ${tokenEnv} ${why}. Set it to a secret of ${shortest} characters or more, without blanks`,
      );
    if (given === '') throw refuse('is not set');
    if (given.length < shortest || /\s/.test(given)) throw refuse('holds no such token');
    const other = known.find((user) => user.token === given);
    if (other) throw refuse(`holds the token of ${other.name}`);
    known.push({ name, role, token: given });
  }
  return known.slice(1);
};
