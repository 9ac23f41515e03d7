import { isSecretName, withoutSecrets, withoutSecretsInAddresses } from '../../../contracts/hide-secrets.ts';
import type { ServerPlace } from './connection.ts';

const isText = (value: string | undefined): value is string => value !== undefined;

/** What the server was given to keep. */
const secretsOf = ({ config, environment }: ServerPlace): string[] => {
  const { env = {}, envFrom = [], headers = {}, headersFrom = {} } = config;
  const named = [...envFrom, ...Object.values(headersFrom)].map((name) => environment.value(name)).filter(isText);
  const written = [...Object.entries(headers), ...Object.entries(env)].flatMap(([name, value]) =>
    isSecretName(name) ? [value] : [],
  );
  // Of `Bearer TOKEN` a server repeats the token.
  return [...named, ...written].flatMap((value) => [value, value.split(' ').at(-1) ?? '']);
};

/** Words about a server, which it may have said itself, without the secrets it was given: they are logged and shown. */
export const quietly = (place: ServerPlace, words: string): string =>
  withoutSecrets(withoutSecretsInAddresses(words), secretsOf(place));
