import { Config } from '../../contracts/config.ts';
import { withoutSecretsInAddresses } from '../../contracts/hide-secrets.ts';
import type { McpServer } from '../../contracts/mcp.ts';
import { describeRule } from '../../contracts/permissions/describe-rule.ts';
import type { Grant } from '../../contracts/trust.ts';
import type { WebSearch } from '../../contracts/web-search.ts';
import { parseConfig } from '../../runtime/config.ts';

type Allowed = Omit<Grant, 'file'>;

const fieldsOf = (config: Config): { [Field in keyof Config]: Allowed[] } => ({
  keys: Object.entries(config.keys).map(([name, { baseUrl, apiKeyEnv }]) => ({
    kind: 'base URL',
    allows: `prompts and replies of the key ${name} go to ${withoutSecretsInAddresses(baseUrl)}${apiKeyEnv === undefined ? '' : `, with the secret of ${apiKeyEnv}`}`,
  })),
  commandEnv: config.commandEnv.map((name) => ({ kind: 'variable', allows: `commands see the variable ${name}` })),
  commands: [...sandboxOf(config), ...shellOf(config)],
  users: config.users.map(({ name, tokenEnv, role }) => ({
    kind: 'user',
    allows: `everyone with the token of ${tokenEnv} is the user ${name}, ${role}`,
  })),
  oidc: config.oidc
    ? [{ kind: 'sign-in', allows: `whom ${config.oidc.issuer} names is a user, where EVERTURN_OIDC=true` }]
    : [],
  permissions: config.permissions
    .filter(({ decision }) => decision === 'allow')
    .map((rule) => ({ kind: 'permission', allows: `agents may, unasked: ${describeRule(rule)}` })),
  context: [],
  search: config.search ? [{ kind: 'address', allows: searchWords(config.search) }] : [],
  mcp: Object.entries(config.mcp).flatMap(serverGrants),
  attachments: raised(config, 'attachments'),
  limits: raised(config, 'limits'),
  changes:
    config.changes.mode === 'auto'
      ? [{ kind: 'changes', allows: 'changes of files are applied in new sessions without asking' }]
      : [],
  autoFix: checksOf(config),
  retention: Object.entries(config.retention).map(([name, days]) => ({
    kind: 'retention',
    allows: `prune deletes by ${name}: ${days}`,
  })),
  // The choice among what `keys` names, stricter settings, and ports of the loopback.
  models: [],
  strictModels: [],
  web: [],
  server: [],
});

const searchWords = ({ provider, url, apiKeyEnv }: WebSearch): string =>
  `searches of agents go to ${provider}${url === undefined ? '' : ` at ${withoutSecretsInAddresses(url)}`}${apiKeyEnv === undefined ? '' : `, with the secret of ${apiKeyEnv}`}`;

const maxValueLength = 200;
const cut = (value: string): string => (value.length > maxValueLength ? `${value.slice(0, maxValueLength)}…` : value);

/** A program that starts by itself or an address that is sent to, and what may be done there without asking. */
const serverGrants = ([name, server]: [string, McpServer]): Allowed[] => {
  const { command, url, cwd, env = {}, envFrom = [], headersFrom = {}, local, permission, trustHints, tools } = server;
  const variables = [...envFrom, ...Object.values(headersFrom)];
  const seeing = variables.length === 0 ? '' : `, with the variables ${variables.join(', ')}`;
  // What a variable holds can decide what runs, and so can the folder.
  const given = Object.entries(env).map(([variable, value]) => `${variable}=${cut(value)}`);
  const around = `${cwd === undefined ? '' : ` in ${cwd}`}${given.length === 0 ? '' : ` with ${given.join(' ')}`}`;
  const where = command
    ? `the program ${command.join(' ')} runs${around}`
    : `arguments of calls go to ${withoutSecretsInAddresses(url ?? '')}`;
  const lenient = [
    ...(permission === 'run' ? [] : [`its tools count as "${permission}"`]),
    ...(trustHints ? ['its tools need no approval if the server calls them read-only'] : []),
    ...Object.entries(tools).flatMap(([tool, rule]) =>
      rule.permission === undefined || rule.permission === 'run' ? [] : [`its ${tool} counts as "${rule.permission}"`],
    ),
  ];
  return [
    { kind: 'MCP server', allows: `${where} as the MCP server ${name}${seeing}` },
    ...(local === true ? [{ kind: 'address', allows: `the MCP server ${name} may be at a private address` }] : []),
    ...lenient.map((words) => ({ kind: 'permissions', allows: `of the MCP server ${name}, ${words}` })),
  ];
};

/** Programs that run after steps that wrote, and scripts of package.json where none is named. */
const checksOf = ({ autoFix: { mode, command, workspaces } }: Config): Allowed[] =>
  [
    { mode, command, where: '' },
    ...Object.entries(workspaces).map(([where, own]) => ({ mode, ...own, where: ` in ${where}` })),
  ]
    .filter((check) => (check.mode ?? mode) !== 'off')
    .map(({ command: own = command, where }) => ({
      kind: 'program',
      allows: `${own?.join(' ') ?? 'build, compile or typecheck of package.json'} runs after steps that write${where}`,
    }));

/** Limits above what holds without the file. */
const raised = (config: Config, section: 'limits' | 'attachments'): Allowed[] => {
  const usual: Record<string, number | string> = Config.parse({})[section];
  return Object.entries(config[section]).flatMap(([name, value]) => {
    const isRaised = typeof value === 'number' && value > Number(usual[name] ?? 0);
    return isRaised ? [{ kind: 'limit', allows: `${name} is ${value} instead of ${usual[name]}` }] : [];
  });
};

const shellOf = ({ commands: { shell } }: Config): Allowed[] =>
  shell === undefined ? [] : [{ kind: 'shell', allows: `agents give texts to ${shell}` }];

/** A weaker confinement of commands than the strongest that works, or programs that wrap each of them. */
const sandboxOf = ({ commands: { sandbox } }: Config): Allowed[] => {
  if (typeof sandbox === 'object') {
    const programs = [sandbox.run, ...(sandbox.end ? [sandbox.end] : [])].map((argv) => argv.join(' '));
    return programs.map((program) => ({ kind: 'program', allows: `${program} runs with each command` }));
  }
  if (sandbox !== 'none' && sandbox !== 'capabilities') return [];
  return [{ kind: 'sandbox', allows: `commands are confined by ${sandbox}, not by the strongest that works` }];
};

/** Every field has an entry in {@link fieldsOf}: a new one that is forgotten there does not compile. */
export const grantsOfConfig = (config: Config): Allowed[] => Object.values(fieldsOf(config)).flat();

/** None of a file with faults: nothing starts with it. */
export const configGrants = (text: string, file: string): Allowed[] => {
  try {
    return grantsOfConfig(parseConfig(text, file));
  } catch {
    return [];
  }
};
