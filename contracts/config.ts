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
  /** The address of an OpenAI-compatible API, such as https://api.deepseek.com or http://127.0.0.1:11434/v1 */
  baseUrl: z.url().refine((text) => /^https?:/i.test(text), 'an address that begins with http:// or https://'),
  /** The environment variable that holds the key; none for a server that asks for none. The key itself never stands here. */
  apiKeyEnv: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]*$/, 'the name of an environment variable, such as DEEPSEEK_API_KEY')
    .optional(),
  /** Default: guessed from `baseUrl`, else `general`, which any provider should accept. */
  dialect: DialectName.optional(),
  /** Fields that this provider refuses, by name: of the request, of messages, or keywords of tools' schemas. */
  omit: z.array(z.string().min(1)).optional(),
});

/** Timers take no more: a longer one fires at once. */
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
  key: z.string(),
  /** As the provider calls it. */
  model: OneLine.min(1),
  /** By which agents and steps name it. Default: `model`. */
  name: OneLine.min(1).optional(),
  /** Further names, such as those that scripts of others use: sonnet, haiku. */
  aliases: z.array(OneLine.min(1)).optional(),
  /** Tokens that a request may hold. Default: as the files of facts have it, else what its first refusal says. */
  contextTokens: z.int().positive().max(1_000_000_000).optional(),
  /** US dollars for a million tokens. Default: as the files of facts have it. */
  price: Price.optional(),
  /** Whether it takes images. Default: as the files of facts have it, else what its provider says to the first one. */
  images: z.boolean().optional(),
  /** Milliseconds without a byte from the provider after which the request is given up and tried again. */
  timeoutMs: z.int().min(100).max(longestTimerMs).default(120_000),
  /**
   * Milliseconds without any text, thinking or tool call, whatever else comes, after which the request is given up and
   * tried again. Default: five times `timeoutMs`.
   */
  contentTimeoutMs: z.int().min(100).max(longestTimerMs).optional(),
  /** The most tokens of one reply. Default: as the provider has it. */
  maxTokens: z.int().positive().optional(),
  temperature: z.number().min(0).max(2).optional(),
  /** Sent with each request to this model. Not for secrets: a key belongs into an environment variable. */
  headers: ModelHeaders.optional(),
  /** Further fields of each request's body. */
  body: ModelBody.optional(),
});

export type ModelEntry = z.infer<typeof ModelEntry>;

export const nameOfModel = ({ name, model }: Pick<ModelEntry, 'name' | 'model'>): string => name ?? model;

/** The name by which the built-in model is shown everywhere. */
const offlineModel = 'offline';

/** Of every model that can be asked for, the first being the one that is asked where nobody says otherwise. */
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
  /** By which `approvers` of flows name them, and their answers are signed. */
  name: UserName,
  /**
   * The environment variable of the API that holds the token. The token itself is never written here. Its name ends in
   * _TOKEN, so that a project's file cannot make a token of HOME or PATH, which others know.
   */
  tokenEnv: z.string().regex(/^[A-Z_][A-Z0-9_]*_TOKEN$/, 'the name of an environment variable, such as ALICE_TOKEN'),
  role: Role.default('operator'),
});

/** How commands of agents are kept away from our processes. */
const sandboxKinds = ['none', 'capabilities', 'bwrap', 'namespaces'] as const;
const ContainerCommand = z.strictObject({
  /** The beginning of a command line; the command's own follows. `{workspace}`, `{cwd}`, `{name}` and `{env}` are filled in. */
  run: z.array(z.string().min(1)).min(1),
  /** Run when the command has ended, so that nothing of it stays. */
  end: z.array(z.string().min(1)).min(1).optional(),
});
const CommandSandbox = z.union([z.enum(['auto', ...sandboxKinds]), ContainerCommand], {
  error: `expected auto, ${sandboxKinds.join(', ')}, or a map with run and end`,
});
export type ContainerCommand = z.infer<typeof ContainerCommand>;
export type CommandSandbox = z.infer<typeof CommandSandbox>;
export type SandboxKind = (typeof sandboxKinds)[number] | 'container';
/** How a team signs in at an OpenID Connect provider. Used only where EVERTURN_OIDC=true. */
const Oidc = z.strictObject({
  issuer: z.url(),
  clientId: z.string().min(1),
  /** The environment variable that holds the client's secret. Default: none, a public client. */
  clientSecretEnv: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]*$/, 'the name of an environment variable, such as OIDC_SECRET')
    .optional(),
  scope: z.string().default('openid email profile'),
  /** The claim that names the user. */
  nameClaim: z.string().min(1).default('email'),
  /** The claim that says the role: a text, or a list of texts. */
  roleClaim: z.string().min(1).default('groups'),
  /** From a value of that claim to a role; of several, the highest. Who has none of the values is not let in. */
  roles: z.record(z.string(), Role),
  /** After which a person signs in again. */
  loginHours: z.number().positive().max(720).default(12),
});
export type OidcConfig = z.infer<typeof Oidc>;

/** everturn.yaml. Every field has a default: without the file, the built-in offline model answers. */
export const Config = z
  .strictObject({
    keys: z.record(z.string(), Key).default({}),
    /** The model chain: the first is asked, and those after it when one fails for good. */
    models: z.array(ModelEntry).default([]),
    /** Whether a model that a script or an agent file names must be configured. Default: another one means the first. */
    strictModels: z.boolean().default(false),
    limits: z
      .strictObject({
        /** Model requests in one turn. */
        stepsPerTurn: z.int().min(1).max(10_000).default(turnLimits.stepsPerTurn),
        /** Times that a reply that was cut off is continued, or an empty one asked for again. */
        continuations: z.int().min(0).max(20).default(turnLimits.continuations),
        /** Equal calls after which the model is told; at twice as many the turn ends. */
        equalCalls: z.int().min(2).max(1000).default(turnLimits.equalCalls),
        /** Equal failures in a row after which the model is told; at twice as many the turn ends. */
        equalFailures: z.int().min(2).max(1000).default(turnLimits.equalFailures),
        /** Failures of any kind in a row after which the model is told; at four times as many the turn ends. */
        failuresInRow: z.int().min(2).max(1000).default(turnLimits.failuresInRow),
        /** Results that do not fit their schema after which the agent ends. */
        refusedResults: z.int().min(1).max(100).default(turnLimits.refusedResults),
        /** Tokens of all kinds that one turn may take, and US dollars; no limit where they are left out. */
        turnTokens: z.int().positive().optional(),
        turnDollars: z.number().positive().optional(),
        /** The same for all turns of a session together. */
        sessionTokens: z.int().positive().optional(),
        sessionDollars: z.number().positive().optional(),
        /** Agents of scripts at once, over all runs; what is beyond waits. */
        scriptAgents: z.int().min(1).max(1000).default(64),
        /** Runs of scripts at once; further ones are queued. */
        scriptRuns: z.int().min(1).max(1000).default(3),
        /** Agents of one script at once, where the run does not say. */
        agentsPerRun: z.int().min(1).max(200).default(16),
        /** Minutes that one attempt of a script's agent may take, where the call does not say. */
        agentMinutes: z.number().positive().max(1440).default(5),
        /** Tokens of all kinds that all agents of a script's run may take, where it does not say; no limit where it is left out. */
        runTokens: z.int().positive().optional(),
        /** Minutes that a script's run may take, from its beginning and pauses included; no limit where it is left out. */
        runMinutes: z.number().positive().max(525_600).optional(),
        /** Bytes of one reply of a model: text, thinking and tool calls together. */
        replyBytes: z
          .int()
          .min(1024)
          .max(64 * 1024 * 1024)
          .default(replyLimits.replyBytes),
        /** Bytes of one line of a provider's stream. */
        replyLineBytes: z
          .int()
          .min(1024)
          .max(64 * 1024 * 1024)
          .default(replyLimits.replyLineBytes),
        /** Minutes until a reply that has not ended is given up. */
        replyMinutes: z.number().positive().max(110).default(replyLimits.replyMinutes),
        /** What a turn does when every key it could ask is marked: it fails, or waits for the first to come back. */
        allKeysMarked: z.enum(['fail', 'wait']).default('wait'),
        /** Seconds that a turn waits for a key, where no other model can be asked. */
        waitSeconds: z.int().min(1).max(2_592_000).default(172_800),
        /** Seconds until `run_command` is ended. */
        commandSeconds: z.int().min(1).max(3600).default(120),
        /** Background agents of one session that run at once; more wait in order. */
        subagentsPerSession: z.int().min(1).max(1000).default(4),
        /** Background agents that run at once in all. */
        subagents: z.int().min(1).max(10_000).default(16),
        /** Levels of background agents below a session: 1 lets them spawn none of their own, 0 lets nobody spawn any. */
        subagentDepth: z.int().min(0).max(5).default(1),
      })
      .prefault({}),
    context: ContextSettings.prefault({}),
    /** What may be attached to a message, and read as an image by tools. */
    attachments: z
      .strictObject({
        /** Of one file. */
        bytes: z
          .int()
          .min(1024)
          .max(200 * 1024 * 1024)
          .default(attachmentLimits.bytes),
        /** Millions of pixels of one image, as it is when it is decoded. */
        megapixels: z.number().min(0.01).max(500).default(attachmentLimits.megapixels),
      })
      .prefault({}),
    /** Environment variables that commands may see, by name, beside PATH, HOME, LANG, TERM and TMPDIR. */
    commandEnv: z.array(z.string()).default([]),
    commands: z
      .strictObject({
        /** `auto`: the strongest that works on the machine. */
        sandbox: CommandSandbox.default('auto'),
        /** A shell, such as /bin/bash, that reads texts with pipes and the like. Default: none, commands are given word by word. */
        shell: z
          .string()
          .regex(/^\/[^\0]*$/, 'the absolute path of a shell, such as /bin/bash')
          .optional(),
      })
      .prefault({}),
    changes: z
      .strictObject({
        /** How changes of files are applied in new sessions. */
        mode: ChangeMode.default('ask'),
      })
      .prefault({}),
    /** A command that checks what a step has written, and whose failure the model is told. */
    autoFix: AutoFixSettings.prefault({}),
    /** What calls of tools may do unasked, ask first, or not do. Those that deny or ask hold without trust, too. */
    permissions: PermissionRules.default([]),
    /** Whether agents may fetch pages (`web_fetch`). */
    web: z.boolean().default(true),
    /** Where `web_search` asks; without it there is no such tool. */
    search: WebSearch.optional(),
    /** Servers of tools (MCP), by name. Further ones in `~/.everturn/mcp.yaml`. */
    mcp: McpServers.default({}),
    /** Who has a token beside the stack's own, which is that of `owner`. */
    users: z.array(User).default([]),
    oidc: Oidc.optional(),
    /** What `everturn prune` deletes, by age. */
    retention: Retention.prefault({}),
    server: z
      .strictObject({
        port: z.int().min(1).max(65_535).optional(),
        temporalPort: z.int().min(1).max(65_535).optional(),
        temporalUiPort: z.int().min(1).max(65_535).optional(),
        postgresPort: z.int().min(1).max(65_535).optional(),
      })
      .prefault({}),
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
