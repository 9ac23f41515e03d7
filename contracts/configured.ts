import { type Config, modelChoice, modelNames, nameOfModel } from './config.ts';
import type { ConfiguredKey } from './keys.ts';
import type { ModelChoice } from './models.ts';

/** What the API tells of everturn.yaml, as it is in use now. */
export type Configured = {
  /** The names of the models, the first being the one that is asked where nobody says otherwise. */
  models: readonly string[];
  modelChoice: ModelChoice;
  /** Tokens that a script's run may take, where it does not say. */
  runTokens: number | null;
  keys: readonly ConfiguredKey[];
  /** Where the first model is asked; null where this process was not told. */
  modelUrl: string | null;
};

const withoutCredentials = (baseUrl: string): string => {
  const { origin, pathname } = new URL(baseUrl);
  return `${origin}${pathname.replace(/\/$/, '')}`;
};

export const configuredOf = (
  config: Pick<Config, 'keys' | 'models' | 'strictModels'> & { limits: Pick<Config['limits'], 'runTokens'> },
  offlineUrl?: string,
): Configured => ({
  models: modelNames(config),
  modelUrl: config.models[0] ? (config.keys[config.models[0].key]?.baseUrl ?? null) : (offlineUrl ?? null),
  modelChoice: modelChoice(config),
  runTokens: config.limits.runTokens ?? null,
  keys: Object.entries(config.keys).map(([name, { baseUrl, apiKeyEnv }]) => ({
    name,
    baseUrl: withoutCredentials(baseUrl),
    apiKeyEnv: apiKeyEnv ?? null,
    models: config.models.filter(({ key }) => key === name).map(nameOfModel),
  })),
});
