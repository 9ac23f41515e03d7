import { chooseModel } from '../../contracts/models.ts';
import type { ModelClient } from './client.ts';

/** The models that are configured, in the order of everturn.yaml. */
export type Models = {
  readonly names: readonly string[];
  /** Throws `model_unknown`. */
  get(name: string): ModelClient;
};

export const createModels = (clients: readonly [ModelClient, ...ModelClient[]]): Models => {
  const names = clients.map(({ name }) => name);
  return {
    names,
    get: (name) => clients.find((client) => client.name === chooseModel([name], names)) ?? clients[0],
  };
};
