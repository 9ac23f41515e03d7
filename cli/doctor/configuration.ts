import { type ModelEntry, nameOfModel } from '../../contracts/config/models.ts';
import type { Config } from '../../contracts/config.ts';
import { configName } from '../../runtime/config.ts';
import { type Check, fail, ok } from './check.ts';

/** Without a model in the configuration, one check still: of the built-in one. */
export const checkModelKeys = (config: Config, source: NodeJS.ProcessEnv): Check[] =>
  config.models.length === 0
    ? [ok('model', `the offline one, built in; name another in ${configName}`)]
    : config.models.map((entry) => checkKey(entry, config.keys, source));

const checkKey = (entry: ModelEntry, keys: Config['keys'], source: NodeJS.ProcessEnv): Check => {
  const name = nameOfModel(entry);
  const variable = keys[entry.key]?.apiKeyEnv;
  if (variable === undefined) return ok('model', `${name}, without a key`);
  return source[variable]
    ? ok('model', `${name}, with the key in ${variable}; "npx everturn models check ${name}" asks it`)
    : fail('model', `${name}: the variable ${variable} is not set`, `Set ${variable} where you start Everturn`);
};
