import { checkModel, type ModelCheck } from '../activities/model/check.ts';
import type { Config } from '../contracts/config.ts';
import { modelOf } from './model.ts';

export type { ModelCheck };

/** Asks the model that workers would ask. `offlineUrl` is that of a running stack, for a configuration without a model. */
export const checkConfiguredModel = (
  config: Config,
  offlineUrl: string | undefined,
  signal: AbortSignal,
): Promise<ModelCheck> => checkModel(modelOf(config, offlineUrl), signal);
