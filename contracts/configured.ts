import { type Config, modelNames, nameOfModel } from './config.ts';
import type { ConfiguredKey } from './keys.ts';

/** What the API tells of everturn.yaml, as it is in use now. */
export type Configured = {
  /** The names of the models, the first being the one that is asked where nobody says otherwise. */
  models: readonly string[];
  keys: readonly ConfiguredKey[];
};

const withoutCredentials = (baseUrl: string): string => {
  const { origin, pathname } = new URL(baseUrl);
  return `${origin}${pathname.replace(/\/$/, '')}`;
};

export const configuredOf = (config: Pick<Config, 'keys' | 'models'>): Configured => ({
  models: modelNames(config),
  keys: Object.entries(config.keys).map(([name, { baseUrl, apiKeyEnv }]) => ({
    name,
    baseUrl: withoutCredentials(baseUrl),
    apiKeyEnv: apiKeyEnv ?? null,
    models: config.models.filter(({ key }) => key === name).map(nameOfModel),
  })),
});
