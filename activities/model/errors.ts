import { type ErrorCode, EverturnError } from '../../contracts/errors.ts';
import type { Proxies } from '../../contracts/proxies.ts';
import type { FailureKind } from './kinds.ts';

/** Which provider was asked, for messages. The key is here to be taken out of them. */
export type Provider = {
  baseUrl: string;
  model: string;
  apiKey: string | null;
  apiKeyEnv: string | null;
  /** Through which it is asked. Null: none. */
  proxies: Proxies | null;
};

export const proxyAdvice =
  'Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the environment in which Everturn was started';

const adviceFor = (code: ErrorCode, status: number, { apiKeyEnv, model }: Provider): string => {
  if (status === 402) return 'Add credit to the account at the provider';
  if (status === 407) return proxyAdvice;
  switch (code) {
    case 'model_unauthorized':
      return apiKeyEnv
        ? `Check the key in the environment variable ${apiKeyEnv}`
        : 'Name the environment variable that holds the key as apiKeyEnv in everturn.yaml';
    case 'model_not_found':
      return `Check in everturn.yaml that the provider has the model "${model}" and that baseUrl is right (it often ends in /v1)`;
    case 'model_refused':
      return 'Change what is sent, or choose another model in everturn.yaml';
    case 'model_rate_limited':
      return 'Wait, or use a key with higher limits; a used-up quota needs credit';
    case 'model_timeout':
      return 'Try again, and raise timeoutMs or contentTimeoutMs in everturn.yaml for a slow model';
    case 'model_unreadable':
      return 'Name the provider as `dialect` of its key, or choose another model in everturn.yaml';
    case 'model_reply_too_long':
      return 'Ask for less, ask another model, or raise the limit in everturn.yaml';
    case 'model_stream_cut':
      return 'Try again';
    default:
      return 'Try again, and check that the server runs and that baseUrl in everturn.yaml is right';
  }
};

const withoutCredentials = (baseUrl: string): string => {
  if (!URL.canParse(baseUrl)) return baseUrl;
  const { origin, pathname } = new URL(baseUrl);
  return `${origin}${pathname.replace(/\/$/, '')}`;
};

const shorten = (text: string, { apiKey }: Provider): string => {
  const clean = (apiKey ? text.replaceAll(apiKey, '[key]') : text).replace(/\s+/g, ' ').trim();
  return clean.length > 300 ? `${clean.slice(0, 299)}…` : clean;
};

export const modelError = (
  code: ErrorCode,
  provider: Provider,
  what: string,
  { advice: given, ...details }: { status?: number; retryAfterMs?: number; kind?: FailureKind; advice?: string } = {},
): EverturnError => {
  const asked = `Asking the model "${provider.model}" at ${withoutCredentials(provider.baseUrl)} failed`;
  const advice = given ?? adviceFor(code, details.status ?? 0, provider);
  const said = shorten(what, provider);
  return new EverturnError(code, `${asked}: ${said}. ${advice}`, { details: { ...details, said } });
};
