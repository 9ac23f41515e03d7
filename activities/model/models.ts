import { type ModelFacts, nothingKnown } from '../../contracts/model-facts.ts';
import { chooseModel } from '../../contracts/models.ts';
import type { ModelClient } from './client.ts';

/** What a configured model is beside its client. */
export type ModelAbout = {
  /** The name of its key in everturn.yaml; null for the built-in model. */
  key: string | null;
  facts: ModelFacts;
};

/** The models that are configured, in the order of everturn.yaml. */
export type Models = {
  readonly names: readonly string[];
  readonly clients: readonly ModelClient[];
  /** Throws `model_unknown`. */
  get(name: string): ModelClient;
  /** By the name that {@link Models.get} takes. As the files of facts are now. */
  about(name: string): ModelAbout;
};

export const createModels = (
  clients: readonly [ModelClient, ...ModelClient[]],
  about: Models['about'] = () => ({ key: null, facts: nothingKnown }),
): Models => {
  const names = clients.map(({ name }) => name);
  return {
    names,
    clients,
    get: (name) => clients.find((client) => client.name === chooseModel([name], names)) ?? clients[0],
    about,
  };
};
