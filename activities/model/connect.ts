import type OpenAI from 'openai';
import type { ModelEntry } from '../../contracts/config.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { modelError, type Provider } from './errors.ts';

export type ModelClientOptions = {
  /** Of an OpenAI-compatible API, such as https://api.deepseek.com */
  baseUrl: string;
  /** Null for a server that asks for none. */
  apiKey: string | null;
  /** Named in errors, so that a reader knows where the key comes from. */
  apiKeyEnv?: string | undefined;
  model: string;
  /** Default: `model`. */
  name?: string | undefined;
  /** Milliseconds without a byte after which the request is given up. */
  timeoutMs: number;
  price?: ModelEntry['price'] | undefined;
};

const noLimit = 2 ** 31 - 1;

/** Its many files are read while the worker's threads start: imported at the top, they would hold that up. */
const loading = import('openai');

const open = async ({ baseUrl, apiKey }: Provider): Promise<OpenAI> => {
  const { OpenAI } = await loading;
  return new OpenAI({
    baseURL: baseUrl,
    apiKey: apiKey ?? 'none',
    // Else the package would take these from the environment and send them to any provider.
    adminAPIKey: null,
    organization: null,
    project: null,
    defaultHeaders: apiKey ? {} : { authorization: null },
    maxRetries: 0,
    timeout: noLimit,
    logLevel: 'off',
  });
};

/** Throws `config_invalid` or `model_unauthorized` for an address or a key that cannot be used. */
export const connect = ({
  baseUrl,
  model,
  timeoutMs: _,
  ...options
}: ModelClientOptions): { openai: Promise<OpenAI>; provider: Provider } => {
  const apiKey = options.apiKey?.trim() || null;
  const provider: Provider = { baseUrl, model, apiKey, apiKeyEnv: options.apiKeyEnv ?? null };
  if (URL.canParse(baseUrl) && (new URL(baseUrl).username || new URL(baseUrl).password))
    throw new EverturnError(
      'config_invalid',
      `Cannot use the baseUrl of the model "${model}": it holds a user name or a password. Put the key into an environment variable and name it as apiKeyEnv in everturn.yaml`,
    );
  if (apiKey && !/^[\x21-\x7e]+$/.test(apiKey))
    throw modelError('model_unauthorized', provider, 'the key holds blanks or characters that a header cannot carry');
  return { openai: open(provider), provider };
};
