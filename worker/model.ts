import { createModelClient, type ModelClient } from '../activities/model/client.ts';
import { createModels, type ModelAbout, type Models } from '../activities/model/models.ts';
import type { LoadImage } from '../activities/model/with-images.ts';
import { type ModelEntry, modelChoice, nameOfModel } from '../contracts/config/models.ts';
import type { Config } from '../contracts/config.ts';
import { EverturnError } from '../contracts/errors.ts';
import { nothingKnown } from '../contracts/model-facts.ts';
import type { Proxies } from '../contracts/proxies.ts';
import type { ReplyLimits } from '../contracts/reply-limits.ts';
import type { FactsFiles } from '../definitions/model-facts.ts';
import { proxiesOf } from '../runtime/proxies.ts';

const offlineClient = (name: string, offlineUrl: string | undefined, limits: ReplyLimits): ModelClient => {
  if (!offlineUrl) {
    throw new EverturnError(
      'config_invalid',
      'Cannot start a worker: everturn.yaml names no model and EVERTURN_OFFLINE_MODEL_URL is not set. Configure a model, or start with `everturn up`',
    );
  }
  const takesImages = (): boolean => false;
  return createModelClient({ baseUrl: offlineUrl, apiKey: null, model: name, timeoutMs: 60_000, limits, takesImages });
};

type ModelSources = {
  /** Holds the keys. */
  variables: NodeJS.ProcessEnv;
  modelFacts: FactsFiles['modelFacts'];
  loadImage: LoadImage | undefined;
  proxies: Proxies | null;
};

const clientOf = (entry: ModelEntry, { keys, limits }: Config, sources: ModelSources): ModelClient => {
  const key = keys[entry.key];
  const name = nameOfModel(entry);
  if (!key) throw new EverturnError('config_invalid', `Cannot use the model ${name}: there is no key "${entry.key}"`);
  const { baseUrl, apiKeyEnv, dialect, omit } = key;
  const apiKey = apiKeyEnv ? (sources.variables[apiKeyEnv] ?? null) : null;
  if (apiKeyEnv && !apiKey) {
    throw new EverturnError(
      'config_invalid',
      `Cannot use the model ${name}: the environment variable ${apiKeyEnv} is not set. Set it, or remove apiKeyEnv from everturn.yaml`,
    );
  }
  const price = sources.modelFacts(entry).price?.value;
  return createModelClient({
    ...entry,
    key: entry.key,
    baseUrl,
    apiKey,
    apiKeyEnv,
    dialect,
    omit,
    name,
    price,
    limits,
    takesImages: () => sources.modelFacts(entry).images?.value ?? null,
    loadImage: sources.loadImage,
    proxies: sources.proxies,
  });
};

/** The models of everturn.yaml, or the built-in offline model alone. Throws `config_invalid`. */
export const modelsOf = (
  config: Config,
  offlineUrl: string | undefined,
  {
    facts: { modelFacts },
    variables = process.env,
    loadImage,
  }: { facts: FactsFiles; variables?: NodeJS.ProcessEnv; loadImage?: LoadImage | undefined },
): Models => {
  const about = (name: string): ModelAbout => {
    const entry = config.models.find((model) => nameOfModel(model) === name);
    return entry ? { key: entry.key, facts: modelFacts(entry) } : { key: null, facts: nothingKnown };
  };
  const sources = { variables, modelFacts, loadImage, proxies: proxiesOf(variables) };
  const [first, ...rest] = config.models.map((entry) => clientOf(entry, config, sources));
  const { names, ...further } = modelChoice(config);
  if (first) return createModels([first, ...rest], about, further);
  const [name = ''] = names;
  return createModels([offlineClient(name, offlineUrl, config.limits)], about, further);
};
