import type { Config } from '../../contracts/config.ts';
import { variablesOf } from '../../contracts/mcp.ts';
import { environmentNames, secretVariables } from '../../runtime/env.ts';
import { localDirect, proxyName } from '../../runtime/proxies.ts';

/** `plain` may be seen by every process of the user; `secrets` reach the process by a pipe. */
export type ChildEnvironment = { plain: NodeJS.ProcessEnv; secrets: NodeJS.ProcessEnv };

/** What Node, the system's libraries and a shell look at, beside our own. */
// biome-ignore lint/plugin: all its parts are ours
const known = new RegExp(
  `^(${[
    'PATH|HOME|USER|LOGNAME|SHELL|LANG|TZ|TERM|TMPDIR|NO_COLOR|FORCE_COLOR|CI',
    'LC_(ALL|COLLATE|CTYPE|MESSAGES|MONETARY|NUMERIC|TIME)',
    'XDG_[A-Z]+_(HOME|DIRS?)',
    'SSL_CERT_(FILE|DIR)',
    'NODE_(OPTIONS|EXTRA_CA_CERTS|USE_ENV_PROXY|COMPILE_CACHE|V8_COVERAGE|ENV)',
    'EVERTURN_(CACHE|DATA|TRUST)',
    // A first start may build Temporal.
    'GO(BIN|CACHE|FLAGS|MODCACHE|PATH|PROXY|ROOT|SUMDB|TOOLCHAIN)',
  ].join('|')})$`,
);

/** Of a user's environment: what is known to hold no secret. */
export const plainOf = (source: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(source).filter(([name, value = '']) => {
      if (secretVariables.has(name)) return false;
      if (environmentNames.has(name) || known.test(name)) return !/:\/\/[^/]*@/.test(value);
      return proxyName.test(name) && !value.includes('@');
    }),
  ),
  ...localDirect(source),
});

/** Of proxies with a password. */
const proxyNames = (source: NodeJS.ProcessEnv): string[] =>
  Object.keys(source).filter((name) => proxyName.test(name) && source[name]?.includes('@'));

const pick = (source: NodeJS.ProcessEnv, names: Iterable<string>): NodeJS.ProcessEnv =>
  Object.fromEntries([...names].flatMap((name) => (source[name] === undefined ? [] : [[name, source[name]]])));

const keyNames = ({ keys }: Pick<Config, 'keys'>): string[] =>
  Object.values(keys).flatMap(({ apiKeyEnv }) => apiKeyEnv ?? []);
const tokenNames = ({ users }: Pick<Config, 'users'>): string[] => users.map(({ tokenEnv }) => tokenEnv);

const split = (source: NodeJS.ProcessEnv, config: Config, secrets: NodeJS.ProcessEnv): ChildEnvironment => {
  const plain = plainOf(source);
  for (const name of [...keyNames(config), ...tokenNames(config)]) delete plain[name];
  return { plain, secrets };
};

const servers = ['DATABASE_URL', 'TEMPORAL_API_KEY'];

/** The keys of models, what commands may see, what MCP servers are given, and proxies. */
export const forWorker = (source: NodeJS.ProcessEnv, config: Config): ChildEnvironment =>
  split(
    source,
    config,
    pick(source, [
      ...servers,
      ...keyNames(config),
      ...proxyNames(source),
      ...config.commandEnv,
      ...variablesOf(config.mcp),
      ...(config.search?.apiKeyEnv ? [config.search.apiKeyEnv] : []),
    ]),
  );

/** It only says what is to be done. */
export const forScripts = (source: NodeJS.ProcessEnv, config: Config): ChildEnvironment =>
  split(source, config, pick(source, servers));

/** Tokens of users, and secrets of webhooks: flows that come later may name any variable. It asks no model. */
export const forApi = (source: NodeJS.ProcessEnv, config: Config): ChildEnvironment => {
  const ofModels = new Set(keyNames(config));
  return split(
    source,
    config,
    pick(
      source,
      Object.keys(source).filter((name) => !ofModels.has(name)),
    ),
  );
};

/** A supervisor in the background: it hands everything on. */
export const forSupervisor = (source: NodeJS.ProcessEnv): ChildEnvironment => ({
  plain: plainOf(source),
  secrets: source,
});
