import type { Readable } from 'node:stream';
import type { DialectName, ModelEntry } from '../../contracts/config/models.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { Proxies } from '../../contracts/proxies.ts';
import type { ReplyLimits } from '../../contracts/reply-limits.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { agentsFor, type HttpAgents } from './agents.ts';
import { modelError, type Provider } from './errors.ts';
import type { LoadImage } from './with-images.ts';

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
  /** The name of the key in everturn.yaml. Without it, what a provider attaches to its replies is not kept. */
  key?: string | undefined;
  /** Default: guessed from `baseUrl`. */
  dialect?: DialectName | undefined;
  /** Fields that the provider is known to refuse. */
  omit?: readonly string[] | undefined;
  /** Milliseconds without a byte after which the request is given up. */
  timeoutMs: number;
  /** Milliseconds without any part of the reply, whatever else comes. Default: five times `timeoutMs`. */
  contentTimeoutMs?: number | undefined;
  maxTokens?: number | undefined;
  temperature?: number | undefined;
  headers?: ModelEntry['headers'] | undefined;
  /** Further fields of the request. */
  body?: ModelEntry['body'] | undefined;
  price?: ModelEntry['price'] | undefined;
  limits?: ReplyLimits | undefined;
  /** Whether the model takes images, as it is known now; null if unknown. Default: null. */
  takesImages?: (() => boolean | null) | undefined;
  /** Default: none are there. */
  loadImage?: LoadImage | undefined;
  /** Default: none. */
  proxies?: Proxies | null | undefined;
};

/** Where and how a model is asked. */
export type Connection = { url: URL; headers: Record<string, string>; provider: Provider; agents: HttpAgents };

/** The head of an answer, with the body still to be read. */
export type Answer = { status: number; headers: Headers; url: URL; body: Readable };

const addressOf = (baseUrl: string, model: string): URL => {
  const refuse = (why: string) =>
    new EverturnError('config_invalid', `Cannot use the baseUrl of the model "${model}": ${why}`);
  const url = URL.parse(baseUrl);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw refuse(`"${baseUrl}" is not an HTTP address. Write it as https://api.example.com/v1 in everturn.yaml`);
  }
  if (url.username || url.password) {
    throw refuse(
      'it holds a user name or a password. Put the key into an environment variable and name it as apiKeyEnv in everturn.yaml',
    );
  }
  url.pathname = `${url.pathname.replace(/\/$/, '')}/chat/completions`;
  url.hash = '';
  return url;
};

/** Those of everturn.yaml replace ours, such as `authorization`. */
const lowerCase = (headers: ModelEntry['headers'] = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** Throws `config_invalid` or `model_unauthorized` for an address or a key that cannot be used. */
export const connect = ({ baseUrl, model, ...options }: ModelClientOptions): Connection => {
  const apiKey = options.apiKey?.trim() || null;
  const provider: Provider = {
    baseUrl,
    model,
    apiKey,
    apiKeyEnv: options.apiKeyEnv ?? null,
    proxies: options.proxies ?? null,
  };
  const url = addressOf(baseUrl, model);
  if (apiKey && !/^[\x21-\x7e]+$/.test(apiKey))
    throw modelError('model_unauthorized', provider, 'the key holds blanks or characters that a header cannot carry');
  const headers = {
    accept: 'application/json',
    'accept-encoding': 'identity',
    'content-type': 'application/json',
    'user-agent': `everturn/${packageJson.version}`,
    ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
    ...lowerCase(options.headers),
  };
  return { url, headers, provider, agents: agentsFor(options.proxies ?? null) };
};
