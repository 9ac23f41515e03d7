import { createModelClient, type ModelClient } from '../activities/model/client.ts';
import { createModels, type Models } from '../activities/model/models.ts';
import { type Config, type ModelEntry, modelNames, nameOfModel } from '../contracts/config.ts';
import { EverturnError } from '../contracts/errors.ts';
import type { ReplyLimits } from '../contracts/reply-limits.ts';

const offlineClient = (name: string, offlineUrl: string | undefined, limits: ReplyLimits): ModelClient => {
  if (!offlineUrl) {
    throw new EverturnError(
      'config_invalid',
      'Cannot start a worker: everturn.yaml names no model and EVERTURN_OFFLINE_MODEL_URL is not set. Configure a model, or start with `everturn up`',
    );
  }
  return createModelClient({ baseUrl: offlineUrl, apiKey: null, model: name, timeoutMs: 60_000, limits });
};

const clientOf = (entry: ModelEntry, { keys, limits }: Config, source: NodeJS.ProcessEnv): ModelClient => {
  const key = keys[entry.key];
  const name = nameOfModel(entry);
  if (!key) throw new EverturnError('config_invalid', `Cannot use the model ${name}: there is no key "${entry.key}"`);
  const { baseUrl, apiKeyEnv, dialect, omit } = key;
  const apiKey = apiKeyEnv ? (source[apiKeyEnv] ?? null) : null;
  if (apiKeyEnv && !apiKey) {
    throw new EverturnError(
      'config_invalid',
      `Cannot use the model ${name}: the environment variable ${apiKeyEnv} is not set. Set it, or remove apiKeyEnv from everturn.yaml`,
    );
  }
  return createModelClient({ ...entry, baseUrl, apiKey, apiKeyEnv, dialect, omit, name, limits });
};

/** The models of everturn.yaml, or the built-in offline model alone. Throws `config_invalid`. */
export const modelsOf = (
  config: Config,
  offlineUrl: string | undefined,
  source: NodeJS.ProcessEnv = process.env,
): Models => {
  const [first, ...rest] = config.models.map((entry) => clientOf(entry, config, source));
  return createModels(first ? [first, ...rest] : [offlineClient(modelNames(config)[0], offlineUrl, config.limits)]);
};
