import { type ModelProbe, probeModel, type Verdict } from '../activities/model/probe.ts';
import { modelNames } from '../contracts/config/models.ts';
import type { Config } from '../contracts/config.ts';
import { openModelFacts } from '../definitions/model-facts.ts';
import { modelsOf } from './model.ts';

export type { ModelProbe, Verdict };

/**
 * Asks a model as workers would; without a name the first. `offlineUrl` is that of a running stack, for a configuration
 * without a model. Throws `model_unknown`.
 */
export const checkConfiguredModel = (
  config: Config,
  name: string | undefined,
  offlineUrl: string | undefined,
  { project, signal }: { project: string; signal: AbortSignal },
): Promise<ModelProbe> =>
  probeModel(
    modelsOf(config, offlineUrl, { facts: openModelFacts({ project }) }).get(name ?? modelNames(config)[0]),
    signal,
  );
