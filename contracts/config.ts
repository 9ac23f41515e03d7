import { z } from 'zod';

const Key = z.strictObject({
  /** The address of an OpenAI-compatible API, such as https://api.deepseek.com or http://127.0.0.1:11434/v1 */
  baseUrl: z.url(),
  /** The environment variable that holds the key; none for a server that asks for none. The key itself never stands here. */
  apiKeyEnv: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]*$/, 'the name of an environment variable, such as DEEPSEEK_API_KEY')
    .optional(),
});

const ModelEntry = z.strictObject({
  key: z.string(),
  model: z.string().min(1),
  /** US dollars for a million tokens. */
  price: z
    .strictObject({
      input: z.number().nonnegative(),
      output: z.number().nonnegative(),
      cacheRead: z.number().nonnegative().optional(),
      cacheWrite: z.number().nonnegative().optional(),
    })
    .optional(),
  /** Milliseconds without a byte from the provider after which the request is given up and tried again. */
  timeoutMs: z.int().min(100).default(120_000),
});

/** everturn.yaml. Every field has a default: without the file, the built-in offline model answers. */
export const Config = z
  .strictObject({
    keys: z.record(z.string(), Key).default({}),
    /** The model chain. Only its first entry is used as yet. */
    models: z.array(ModelEntry).max(1, 'one entry: fallback to a second is not built yet').default([]),
    limits: z
      .strictObject({
        /** Model requests in one turn. */
        stepsPerTurn: z.int().min(1).max(10_000).default(200),
        /** Seconds until `run_command` is ended. */
        commandSeconds: z.int().min(1).max(3600).default(120),
      })
      .prefault({}),
    /** Environment variables that commands may see, by name, beside PATH, HOME, LANG, TERM and TMPDIR. */
    commandEnv: z.array(z.string()).default([]),
    server: z
      .strictObject({
        port: z.int().min(1).max(65_535).optional(),
        temporalPort: z.int().min(1).max(65_535).optional(),
        temporalUiPort: z.int().min(1).max(65_535).optional(),
        postgresPort: z.int().min(1).max(65_535).optional(),
      })
      .prefault({}),
  })
  .superRefine((config, context) => {
    config.models.forEach(({ key }, index) => {
      if (key in config.keys) return;
      const known = Object.keys(config.keys).join(', ') || 'none';
      context.addIssue({
        code: 'custom',
        path: ['models', index, 'key'],
        message: `no key is named "${key}"; named are: ${known}`,
      });
    });
  });
export type Config = z.infer<typeof Config>;
export type ModelEntry = Config['models'][number];
