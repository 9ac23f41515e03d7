import { createModelClient, type ModelClient } from '../activities/model/client.ts';
import type { Config } from '../contracts/config.ts';
import { EverturnError } from '../contracts/errors.ts';

/** The name by which the built-in model is shown everywhere. */
const offlineModel = 'offline';

/** The first entry of the model chain, or the built-in offline model. Throws `config_invalid`. */
export const modelOf = (config: Config, offlineUrl: string | undefined, source = process.env): ModelClient => {
  const [entry] = config.models;
  if (!entry) {
    if (!offlineUrl) {
      throw new EverturnError(
        'config_invalid',
        'Cannot start a worker: everturn.yaml names no model and EVERTURN_OFFLINE_MODEL_URL is not set. Configure a model, or start with `everturn up`',
      );
    }
    return createModelClient({ baseUrl: offlineUrl, apiKey: null, model: offlineModel, timeoutMs: 60_000 });
  }
  const key = config.keys[entry.key];
  if (!key)
    throw new EverturnError('config_invalid', `Cannot use the model ${entry.model}: there is no key "${entry.key}"`);
  const { baseUrl, apiKeyEnv } = key;
  const apiKey = apiKeyEnv ? (source[apiKeyEnv] ?? null) : null;
  if (apiKeyEnv && !apiKey) {
    throw new EverturnError(
      'config_invalid',
      `Cannot use the model ${entry.model}: the environment variable ${apiKeyEnv} is not set. Set it, or remove apiKeyEnv from everturn.yaml`,
    );
  }
  return createModelClient({
    baseUrl,
    apiKey,
    apiKeyEnv,
    model: entry.model,
    timeoutMs: entry.timeoutMs,
    price: entry.price,
  });
};
