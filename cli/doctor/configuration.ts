import type { Config } from '../../contracts/config.ts';
import { configName } from '../../runtime/config.ts';
import { type Check, fail, ok } from './check.ts';

export const checkModelKey = (config: Config, source: NodeJS.ProcessEnv): Check => {
  const [entry] = config.models;
  if (!entry) return ok('model', `the offline one, built in; name another in ${configName}`);
  const variable = config.keys[entry.key]?.apiKeyEnv;
  if (variable === undefined) return ok('model', `${entry.model}, without a key`);
  return source[variable]
    ? ok('model', `${entry.model}, with the key in ${variable}; "npx everturn models check" asks it`)
    : fail('model', `${entry.model}: the variable ${variable} is not set`, `Set ${variable} where you start Everturn`);
};
