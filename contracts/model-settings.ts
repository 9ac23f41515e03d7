import { nameOfModel } from './config/models.ts';
import type { Config } from './config.ts';

/** What everturn.yaml says of a model that can change its replies, as text; the same name may mean another model tomorrow. */
export const modelSettingsOf =
  ({ keys, models }: Pick<Config, 'keys' | 'models'>) =>
  (name: string): string => {
    const entry = models.find((model) => nameOfModel(model) === name);
    if (!entry) return '';
    const { model, maxTokens, temperature, headers, body } = entry;
    const { baseUrl, dialect, omit } = keys[entry.key] ?? {};
    return JSON.stringify([baseUrl, dialect, omit, model, maxTokens, temperature, headers, body]);
  };
