import { z } from 'zod';
import { attachmentLimits } from './attachment-limits.ts';
import { AutoFixSettings } from './auto-fix.ts';
import { ContextSettings } from './context/settings.ts';
import { ChangeMode } from './file-changes.ts';
import { McpServers } from './mcp.ts';
import type { ModelChoice } from './models.ts';
import { OneLine } from './one-line.ts';
import { PermissionRules } from './permissions/rule.ts';
import { Price } from './price.ts';
import { Retention } from './prune.ts';
import { replyLimits } from './reply-limits.ts';
import { turnLimits } from './turn-limits.ts';
import { Role, UserName } from './users.ts';
import { WebSearch } from './web-search.ts';

/** How a provider departs from the general form of chat completions. */
export const DialectName = z.enum([
  'general',
  'openai',
  'deepseek',
  'mistral',
  'gemini',
  'anthropic',
  'ollama',
  'vllm',
  'llama.cpp',
  'openrouter',
]);
export type DialectName = z.infer<typeof DialectName>;

const Key = z.strictObject({
  baseUrl: z
    .url()
    .refine((text) => /^https?:/i.test(text), 'an address that begins with http:// or https://')
    .describe(
      'The address of an OpenAI-compatible API, such as `https://api.deepseek.com` or `http://127.0.0.1:11434/v1`.',
    ),
  apiKeyEnv: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]*$/, 'the name of an environment variable, such as DEEPSEEK_API_KEY')
    .optional()
    .describe(
      'The environment variable that holds the key; leave it out for a server without keys. The key itself is never in this file.',
    ),
  dialect: DialectName.optional().describe(
    'How the provider departs from the general form of the API. Default: guessed from `baseUrl`, else `general`.',
  ),
  omit: z
    .array(z.string().min(1))
    .optional()
    .describe(
      'Fields that this provider refuses, by name: fields of the request or of messages, or keywords of tool schemas.',
    ),
});

/** The maximum of timers: a longer one fires at once. */
export const longestTimerMs = 2_147_483_647;

/** Headers that say how a request is framed: HTTP writes them. */
const ownHeaders = ['host', 'content-length', 'transfer-encoding', 'connection', 'content-type', 'accept', 'expect'];

const ModelHeaders = z.record(
  z
    .string()
    .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'the name of an HTTP header')
    .refine((name) => !ownHeaders.includes(name.toLowerCase()), 'a header that Everturn does not write itself'),
  z.string().regex(/^[\t\x20-\x7e]*$/, 'a header value of printable ASCII characters'),
);

/** Fields of the request that are ours: what they say decides how the reply is read. */
const ownFields = ['model', 'messages', 'tools', 'stream', 'stream_options'];

const ModelBody = z.record(
  z.string().refine((name) => !ownFields.includes(name), 'a field that Everturn does not write itself'),
  z.json(),
);

const ModelEntry = z.strictObject({
  key: z.string().describe('The name of the key to ask with.'),
  model: OneLine.min(1).describe("The model's name at the provider."),
  name: OneLine.min(1)
    .optional()
    .describe('The name by which agents and steps ask for it; each name once. Default: `model`.'),
  aliases: z
    .array(OneLine.min(1))
    .optional()
    .describe('Further names for it, such as `sonnet` and `haiku` in scripts from elsewhere; each name once.'),
  contextTokens: z
    .int()
    .positive()
    .max(1_000_000_000)
    .optional()
    .describe(
      'Tokens that a request may hold. Default: the facts of the model, else what the provider says when it first refuses a request for its length.',
    ),
  price: Price.optional().describe(
    'US dollars for a million tokens. Default: the facts of the model; without them, costs are unknown.',
  ),
  images: z
    .boolean()
    .optional()
    .describe(
      'Whether the model takes images. Default: the facts of the model, else what the provider answers to the first image.',
    ),
  timeoutMs: z
    .int()
    .min(100)
    .max(longestTimerMs)
    .default(120_000)
    .describe('Milliseconds without a byte from the provider after which the request is given up and tried again.'),
  contentTimeoutMs: z
    .int()
    .min(100)
    .max(longestTimerMs)
    .optional()
    .describe(
      'Milliseconds without any text, thinking or tool call, whatever else comes, after which the request is given up and tried again. Default: five times `timeoutMs`.',
    ),
  maxTokens: z.int().positive().optional().describe("Maximum tokens of one reply. Default: the provider's."),
  temperature: z.number().min(0).max(2).optional().describe("Sampling temperature. Default: the provider's."),
  headers: ModelHeaders.optional().describe(
    'Further headers of each request. Not for secrets: this file is shown and hashed.',
  ),
  body: ModelBody.optional().describe('Further fields of the body of each request. Not for secrets.'),
});

export type ModelEntry = z.infer<typeof ModelEntry>;

export const nameOfModel = ({ name, model }: Pick<ModelEntry, 'name' | 'model'>): string => name ?? model;

/** The name by which the built-in model is shown everywhere. */
const offlineModel = 'offline';

/** Of every configured model; the first is the default. */
export const modelNames = ({ models }: Pick<Config, 'models'>): [string, ...string[]] => {
  const [first = offlineModel, ...rest] = models.map(nameOfModel);
  return [first, ...rest];
};

export const modelChoice = (config: Pick<Config, 'models' | 'strictModels'>): ModelChoice => ({
  names: modelNames(config),
  aliases: Object.fromEntries(
    config.models.flatMap((entry) => (entry.aliases ?? []).map((alias) => [alias, nameOfModel(entry)])),
  ),
  strict: config.strictModels,
});

/** The user whose token is the stack's own. */
export const owner = 'owner';

const User = z.strictObject({
  name: UserName.describe('The name that `approvers` of flows use, and that answers are signed with.'),
  tokenEnv: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]*_TOKEN$/, 'the name of an environment variable, such as ALICE_TOKEN')
    .describe(
      "The environment variable of the API that holds the token: 16 characters or more, different for each user. The name must end in `_TOKEN`, so that a project's file cannot make a token of a value that others know.",
    ),
  role: Role.default('operator').describe('What the user may do: read, also start and answer, or also manage users.'),
});

/** How commands of agents are kept away from our processes. */
const sandboxKinds = ['none', 'capabilities', 'bwrap', 'namespaces'] as const;
const ContainerCommand = z.strictObject({
  run: z
    .array(z.string().min(1))
    .min(1)
    .describe(
      'The beginning of a command line; the arguments of the command follow. `{workspace}`, `{cwd}`, `{name}` and `{env}` are filled in.',
    ),
  end: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('A command line that runs when the command has ended, to remove what is left of it.'),
});
const CommandSandbox = z.union([z.enum(['auto', ...sandboxKinds]), ContainerCommand], {
  error: `expected auto, ${sandboxKinds.join(', ')}, or a map with run and end`,
});
export type ContainerCommand = z.infer<typeof ContainerCommand>;
export type CommandSandbox = z.infer<typeof CommandSandbox>;
export type SandboxKind = (typeof sandboxKinds)[number] | 'container';
/** How a team signs in at an OpenID Connect provider. Used only where EVERTURN_OIDC=true. */
const Oidc = z.strictObject({
  issuer: z.url().describe('The address of the OpenID Connect provider.'),
  clientId: z.string().min(1).describe('The id of Everturn at the provider.'),
  clientSecretEnv: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]*$/, 'the name of an environment variable, such as OIDC_SECRET')
    .optional()
    .describe("The environment variable that holds the client's secret. Leave it out for a public client."),
  scope: z.string().default('openid email profile').describe('The scopes to ask for.'),
  nameClaim: z.string().min(1).default('email').describe('The claim that names the user.'),
  roleClaim: z.string().min(1).default('groups').describe('The claim that holds the role: a text, or a list of texts.'),
  roles: z
    .record(z.string(), Role)
    .describe(
      'Roles by the values of `roleClaim`, such as `{ agents-admins: admin }`. With several values the highest role counts; with none, the person is refused.',
    ),
  loginHours: z.number().positive().max(720).default(12).describe('Hours until the next sign-in.'),
});
export type OidcConfig = z.infer<typeof Oidc>;

/** everturn.yaml. Every field has a default: without the file, the built-in offline model answers. */
export const Config = z
  .strictObject({
    keys: z.record(z.string(), Key).default({}).describe('Where models are asked, by a name of your choice.'),
    models: z
      .array(ModelEntry)
      .default([])
      .describe('Models, the preferred first: the first is asked, and the next ones when it fails for good.'),
    strictModels: z
      .boolean()
      .default(false)
      .describe(
        'Refuse scripts and agent files that name a model that is not configured. Otherwise the first model is used, with a warning.',
      ),
    limits: z
      .strictObject({
        stepsPerTurn: z
          .int()
          .min(1)
          .max(10_000)
          .default(turnLimits.stepsPerTurn)
          .describe('Model requests in one turn. After that the model is asked for a summary.'),
        continuations: z
          .int()
          .min(0)
          .max(20)
          .default(turnLimits.continuations)
          .describe('How many times in a row a reply that was cut off is continued, or an empty one asked for again.'),
        equalCalls: z
          .int()
          .min(2)
          .max(1000)
          .default(turnLimits.equalCalls)
          .describe(
            'Calls in a row that bring nothing new, after which the model gets a warning; at twice as many the turn ends.',
          ),
        equalFailures: z
          .int()
          .min(2)
          .max(1000)
          .default(turnLimits.equalFailures)
          .describe('Equal failures in a row after which the model gets a warning; at twice as many the turn ends.'),
        failuresInRow: z
          .int()
          .min(2)
          .max(1000)
          .default(turnLimits.failuresInRow)
          .describe(
            'Failures of any kind in a row after which the model gets a warning; at four times as many the turn ends.',
          ),
        refusedResults: z
          .int()
          .min(1)
          .max(100)
          .default(turnLimits.refusedResults)
          .describe('Results that do not fit their schema, after which the agent ends.'),
        turnTokens: z
          .int()
          .positive()
          .optional()
          .describe('Tokens of all kinds that one turn may use. Default: no limit.'),
        turnDollars: z.number().positive().optional().describe('US dollars that one turn may cost. Default: no limit.'),
        sessionTokens: z
          .int()
          .positive()
          .optional()
          .describe('Tokens of all kinds that a session may use, with its background agents. Default: no limit.'),
        sessionDollars: z
          .number()
          .positive()
          .optional()
          .describe('US dollars that a session may cost, with its background agents. Default: no limit.'),
        scriptAgents: z
          .int()
          .min(1)
          .max(1000)
          .default(64)
          .describe('Agents of scripts that run at once, over all runs; further ones wait in order.'),
        scriptRuns: z
          .int()
          .min(1)
          .max(1000)
          .default(3)
          .describe('Runs of scripts at once; further ones are queued in order.'),
        agentsPerRun: z
          .int()
          .min(1)
          .max(200)
          .default(16)
          .describe('Agents of one run of a script at once, if the run does not say otherwise.'),
        agentMinutes: z
          .number()
          .positive()
          .max(1440)
          .default(5)
          .describe("Minutes that one attempt of a script's agent may take, if its call has no `timeout`."),
        runTokens: z
          .int()
          .positive()
          .optional()
          .describe(
            'Tokens of all kinds that the agents of one run of a script may use together, if it was started without a budget. Default: no limit.',
          ),
        runMinutes: z
          .number()
          .positive()
          .max(525_600)
          .optional()
          .describe(
            'Minutes that one run of a script may take, pauses included, if it was started without `--timeout`. Default: no limit.',
          ),
        replyBytes: z
          .int()
          .min(1024)
          .max(64 * 1024 * 1024)
          .default(replyLimits.replyBytes)
          .describe(
            'Bytes of one reply: text, thinking and tool calls together. A longer one fails with `model_reply_too_long`.',
          ),
        replyLineBytes: z
          .int()
          .min(1024)
          .max(64 * 1024 * 1024)
          .default(replyLimits.replyLineBytes)
          .describe("Bytes of one line of a provider's stream."),
        replyMinutes: z
          .number()
          .positive()
          .max(110)
          .default(replyLimits.replyMinutes)
          .describe('Minutes after which a reply that has not ended is given up.'),
        allKeysMarked: z
          .enum(['fail', 'wait'])
          .default('wait')
          .describe(
            'What a turn does when every key that it could use is marked: `wait` for the first that comes back, or `fail` at once.',
          ),
        waitSeconds: z
          .int()
          .min(1)
          .max(2_592_000)
          .default(172_800)
          .describe(
            'Seconds that one step of a turn may wait for keys, all its waits together. A longer wait ends the turn.',
          ),
        commandSeconds: z
          .int()
          .min(1)
          .max(3600)
          .default(120)
          .describe('Seconds after which a command of `run_command` is ended.'),
        subagentsPerSession: z
          .int()
          .min(1)
          .max(1000)
          .default(4)
          .describe('Background agents of one session that run at once; further ones wait in order.'),
        subagents: z
          .int()
          .min(1)
          .max(10_000)
          .default(16)
          .describe('Background agents of all sessions that run at once; further ones wait in order.'),
        subagentDepth: z
          .int()
          .min(0)
          .max(5)
          .default(1)
          .describe(
            'Levels of background agents below a session. With 1 they spawn none of their own; with 0 sessions spawn none.',
          ),
      })
      .prefault({})
      .describe('Limits. Raising one above its default needs your trust in the project.'),
    context: ContextSettings.prefault({}).describe(
      "When a conversation is shortened. Shares are of the model's context window.",
    ),
    attachments: z
      .strictObject({
        bytes: z
          .int()
          .min(1024)
          .max(200 * 1024 * 1024)
          .default(attachmentLimits.bytes)
          .describe('Maximum bytes of one attachment.'),
        megapixels: z
          .number()
          .min(0.01)
          .max(500)
          .default(attachmentLimits.megapixels)
          .describe('Maximum millions of pixels of one decoded image.'),
      })
      .prefault({})
      .describe('Limits for what is attached to a message, or read as an image by a tool.'),
    commandEnv: z
      .array(z.string())
      .default([])
      .describe('Environment variables that commands may see, beside PATH, HOME, LANG, LC_ALL, TERM, TMPDIR and USER.'),
    commands: z
      .strictObject({
        sandbox: CommandSandbox.default('auto').describe(
          'How commands are kept away from the processes of the stack. `auto` takes the strongest of `namespaces`, `bwrap`, `capabilities` and `none` that works; a map with `run` and `end` names a container.',
        ),
        shell: z
          .string()
          .regex(/^\/[^\0]*$/, 'the absolute path of a shell, such as /bin/bash')
          .optional()
          .describe(
            'The absolute path of a shell that runs commands given as one text. Without it, commands are given word by word.',
          ),
      })
      .prefault({})
      .describe('How commands of agents run.'),
    changes: z
      .strictObject({
        mode: ChangeMode.default('ask').describe('How changes to files are applied in new sessions.'),
      })
      .prefault({})
      .describe('What happens when an agent changes a file.'),
    autoFix: AutoFixSettings.prefault({}).describe(
      'A command that runs after steps that changed files, and whose failure is passed to the model.',
    ),
    permissions: PermissionRules.default([]).describe(
      'Rules for tool calls: allow them, ask a person, or deny them. Rules that ask or deny apply before the project is trusted, too.',
    ),
    web: z
      .boolean()
      .default(true)
      .describe('Whether agents may fetch pages with `web_fetch`. Private addresses are always refused.'),
    search: WebSearch.optional().describe('The search engine of `web_search`. Without it there is no such tool.'),
    mcp: McpServers.default({}).describe(
      'MCP servers whose tools agents may call, by name. Personal ones are in `~/.everturn/mcp.yaml`.',
    ),
    users: z.array(User).default([]).describe("Users beside `owner`, who has the stack's own token."),
    oidc: Oidc.optional().describe(
      'An OpenID Connect provider at which people sign in, if `EVERTURN_OIDC=true`. Its redirect address is `EVERTURN_CONSOLE_URL` with `/api/login/callback`.',
    ),
    retention: Retention.prefault({}).describe(
      'What `everturn prune` deletes, by age in days. Everything else is kept.',
    ),
    server: z
      .strictObject({
        port: z
          .int()
          .min(1)
          .max(65_535)
          .optional()
          .describe(
            'The port of the API and the console. Default: 4100, or a free one if that is taken. A port that is named here must be free.',
          ),
        temporalPort: z
          .int()
          .min(1)
          .max(65_535)
          .optional()
          .describe('The port of Temporal. Default: 7233, or a free one.'),
        temporalUiPort: z
          .int()
          .min(1)
          .max(65_535)
          .optional()
          .describe('The port of Temporal UI. Default: 8233, or a free one.'),
        postgresPort: z
          .int()
          .min(1)
          .max(65_535)
          .optional()
          .describe('The port of Postgres. Default: 5433, or a free one.'),
      })
      .prefault({})
      .describe('Ports of the stack.'),
  })
  .superRefine(({ users }, context) => {
    const names = [owner, ...users.map(({ name }) => name)];
    users.forEach(({ name }, index) => {
      if (names.indexOf(name) > index) return;
      const who = name === owner ? "the user of the stack's own token" : 'another user';
      const message = `${who} has the name "${name}"; give this one a name of its own`;
      context.addIssue({ code: 'custom', path: ['users', index, 'name'], message });
    });
  })
  .superRefine(({ keys, models }, context) => {
    const names = models.map(nameOfModel);
    models.forEach((entry, index) => {
      const { key, name } = entry;
      const first = names.indexOf(names[index] ?? '');
      if (first < index) {
        const path = ['models', index, name === undefined ? 'model' : 'name'];
        const message = `models[${first}] has the name "${names[first]}"; give this one a name of its own`;
        context.addIssue({ code: 'custom', path, message });
      }
      (entry.aliases ?? []).forEach((alias, at) => {
        const owner = models.findIndex(
          (other, place) => nameOfModel(other) === alias || (place < index && (other.aliases ?? []).includes(alias)),
        );
        if (owner === -1 || (owner === index && nameOfModel(entry) !== alias)) return;
        const message = `models[${owner}] has the name "${alias}"; give this one an alias of its own`;
        context.addIssue({ code: 'custom', path: ['models', index, 'aliases', at], message });
      });
      if (Object.hasOwn(keys, key)) return;
      const known = Object.keys(keys).join(', ') || 'none';
      context.addIssue({
        code: 'custom',
        path: ['models', index, 'key'],
        message: `no key is named "${key}"; named are: ${known}`,
      });
    });
  });
export type Config = z.infer<typeof Config>;
