import { modelChoice, modelNames, nameOfModel } from './config/models.ts';
import type { Config } from './config.ts';
import type { ChangeMode } from './file-changes.ts';
import type { ConfiguredKey } from './keys.ts';
import type { ModelChoice } from './models.ts';
import type { PermissionRule } from './permissions/rule.ts';
import { type RunDefaults, runDefaultsOf } from './run-defaults.ts';

/** What the API reports of everturn.yaml, as it is in use now. */
export type Configured = {
  /** The names of the models; the first is the default. */
  models: readonly string[];
  modelChoice: ModelChoice;
  /** What a script's run is started with, where it does not say otherwise. */
  runDefaults: RunDefaults;
  keys: readonly ConfiguredKey[];
  /** How changes of files are applied in new sessions. */
  changeMode: ChangeMode;
  permissions: readonly PermissionRule[];
  /** The address of the first model; null if this process does not know it. */
  modelUrl: string | null;
};

const withoutCredentials = (baseUrl: string): string => {
  const { origin, pathname } = new URL(baseUrl);
  return `${origin}${pathname.replace(/\/$/, '')}`;
};

export const configuredOf = (
  config: Pick<Config, 'keys' | 'models' | 'strictModels' | 'changes'> &
    Partial<Pick<Config, 'permissions'>> & { limits: Pick<Config['limits'], 'runTokens' | 'runMinutes'> },
  offlineUrl?: string,
): Configured => ({
  models: modelNames(config),
  modelUrl: config.models[0] ? (config.keys[config.models[0].key]?.baseUrl ?? null) : (offlineUrl ?? null),
  modelChoice: modelChoice(config),
  changeMode: config.changes.mode,
  runDefaults: runDefaultsOf(config.limits),
  permissions: config.permissions ?? [],
  keys: Object.entries(config.keys).map(([name, { baseUrl, apiKeyEnv }]) => ({
    name,
    baseUrl: withoutCredentials(baseUrl),
    apiKeyEnv: apiKeyEnv ?? null,
    models: config.models.filter(({ key }) => key === name).map(nameOfModel),
  })),
});
