import { z } from 'zod';

/** Where `web_search` asks. None by default. */
export const WebSearch = z
  .strictObject({
    provider: z.enum(['searxng', 'brave', 'tavily']).describe('The search engine.'),
    url: z
      .url()
      .refine((text) => /^https?:/i.test(text), 'expected an address that begins with http:// or https://')
      .optional()
      .describe('The address of your SearXNG; for the others, an address that replaces the default one.'),
    apiKeyEnv: z
      .string()
      .regex(/^[A-Z_][A-Z0-9_]*$/, 'expected the name of an environment variable, such as BRAVE_API_KEY')
      .refine(
        (name) => !/^(EVERTURN|TEMPORAL)_|^DATABASE_URL$/.test(name),
        'expected a variable of yours, not one of Everturn itself',
      )
      .optional()
      .describe('The environment variable that holds the key of Brave or Tavily.'),
  })
  .superRefine(({ provider, url, apiKeyEnv }, context) => {
    if (provider === 'searxng' && url === undefined)
      context.addIssue({
        code: 'custom',
        path: ['url'],
        message: 'expected the address of your SearXNG, such as http://127.0.0.1:8888',
      });
    if (provider !== 'searxng' && apiKeyEnv === undefined)
      context.addIssue({
        code: 'custom',
        path: ['apiKeyEnv'],
        message: `expected the variable that holds the key of ${provider}`,
      });
  });
export type WebSearch = z.infer<typeof WebSearch>;
