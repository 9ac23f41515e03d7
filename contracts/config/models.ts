import { z } from 'zod';
import type { ModelChoice } from '../models.ts';
import { OneLine } from '../one-line.ts';
import { Price } from '../price.ts';

/** How a provider deviates from the general form of chat completions. */
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

export const Key = z.strictObject({
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
    'How the provider deviates from the general form of the API. Default: guessed from `baseUrl`, otherwise `general`.',
  ),
  omit: z
    .array(z.string().min(1))
    .optional()
    .describe(
      'Fields that this provider refuses, by name: fields of the request or of messages, or keywords of tool schemas.',
    ),
});

/** The maximum of timers: a longer one fires at once. */
export const maxTimerMs = 2_147_483_647;

/** Headers that frame a request: HTTP writes them. */
const ownHeaders = ['host', 'content-length', 'transfer-encoding', 'connection', 'content-type', 'accept', 'expect'];

const ModelHeaders = z.record(
  z
    .string()
    .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'the name of an HTTP header')
    .refine((name) => !ownHeaders.includes(name.toLowerCase()), 'a header that Everturn does not write itself'),
  z.string().regex(/^[\t\x20-\x7e]*$/, 'a header value of printable ASCII characters'),
);

/** Fields of the request that Everturn sets, because they decide how the reply is read. */
const ownFields = ['model', 'messages', 'tools', 'stream', 'stream_options'];

const ModelBody = z.record(
  z.string().refine((name) => !ownFields.includes(name), 'a field that Everturn does not write itself'),
  z.json(),
);

export const ModelEntry = z.strictObject({
  key: z.string().describe('The name of the key to use.'),
  model: OneLine.min(1).describe("The model's name at the provider."),
  name: OneLine.min(1).optional().describe('The name that agents and steps use; each name once. Default: `model`.'),
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
      'Tokens that a request may contain. Default: the facts of the model, otherwise the number that the provider names when it first refuses a request as too long.',
    ),
  price: Price.optional().describe(
    'US dollars for a million tokens. Default: the facts of the model; without them, costs are unknown.',
  ),
  images: z
    .boolean()
    .optional()
    .describe(
      "Whether the model takes images. Default: the facts of the model, otherwise the provider's response to the first image.",
    ),
  timeoutMs: z
    .int()
    .min(100)
    .max(maxTimerMs)
    .default(120_000)
    .describe('Milliseconds without a byte from the provider after which the request is abandoned and retried.'),
  contentTimeoutMs: z
    .int()
    .min(100)
    .max(maxTimerMs)
    .optional()
    .describe(
      'Milliseconds without any text, thinking or tool call, even if other data arrives, after which the request is abandoned and retried. Default: five times `timeoutMs`.',
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

/** The displayed name of the built-in model. */
const offlineModel = 'offline';

/** Of every configured model; the first is the default. */
export const modelNames = ({ models }: { models: readonly ModelEntry[] }): [string, ...string[]] => {
  const [first = offlineModel, ...rest] = models.map(nameOfModel);
  return [first, ...rest];
};

export const modelChoice = (config: { models: readonly ModelEntry[]; strictModels: boolean }): ModelChoice => ({
  names: modelNames(config),
  aliases: Object.fromEntries(
    config.models.flatMap((entry) => (entry.aliases ?? []).map((alias) => [alias, nameOfModel(entry)])),
  ),
  strict: config.strictModels,
});
