import { type ModelFacts, nothingKnown } from '../../contracts/model-facts.ts';
import { chooseModel, type ModelChoice } from '../../contracts/models.ts';
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
  /** With their further names. */
  readonly choice: ModelChoice;
  readonly clients: readonly ModelClient[];
  /** Throws `model_unknown`. */
  get(name: string): ModelClient;
  /** By the name that {@link Models.get} takes. As the files of facts are now. */
  about(name: string): ModelAbout;
};

export const createModels = (
  clients: readonly [ModelClient, ...ModelClient[]],
  about: Models['about'] = () => ({ key: null, facts: nothingKnown }),
  further: Omit<ModelChoice, 'names'> = { aliases: {}, strict: false },
): Models => {
  const names = clients.map(({ name }) => name);
  const choice = { ...further, names };
  return {
    names,
    choice,
    clients,
    get: (name) => clients.find((client) => client.name === chooseModel([name], choice)) ?? clients[0],
    about,
  };
};
