import type { Config } from '../../contracts/config.ts';
import { EverturnError } from '../../contracts/errors.ts';

/** Before anything starts: the API, which refuses it too, would only be seen to die. Throws `config_invalid`. */
export const checkUserTokens = ({ users }: Pick<Config, 'users'>, source: NodeJS.ProcessEnv): void => {
  const missing = users.filter(({ tokenEnv }) => !source[tokenEnv]);
  if (missing.length === 0) return;
  const named = missing.map(({ name, tokenEnv }) => `${tokenEnv} of the user ${name}`).join(', ');
  throw new EverturnError(
    'config_invalid',
    `Cannot start: everturn.yaml names variables that are not set: ${named}. Set each to a secret of 16 characters or more, or remove the user from everturn.yaml`,
  );
};
