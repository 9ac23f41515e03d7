import path from 'node:path';
import type { Config } from '../contracts/config.ts';
import { settingsOf } from '../contracts/resolve-settings.ts';
import type { Settings } from '../contracts/settings.ts';
import { readYaml } from '../contracts/yaml.ts';
import { readText } from '../definitions/read-text.ts';
import { configName } from '../runtime/config.ts';
import { loadTrustedConfig } from './config.ts';

const isIgnored = (project: string, source: NodeJS.ProcessEnv): boolean => {
  try {
    return loadTrustedConfig(project, source).ignored;
  } catch {
    // It cannot be used as it is now; the configuration before it is in use.
    return false;
  }
};

/** The configuration that is in use, and where each value of it comes from. */
export const readSettings = (
  project: string,
  config: Config,
  source: NodeJS.ProcessEnv = process.env,
): Omit<Settings, 'environment'> => {
  const file = path.join(project, configName);
  const text = readText(file, project);
  if (!('source' in text)) return { file: null, isIgnored: false, settings: settingsOf(config, null) };
  const ignored = isIgnored(project, source);
  return { file, isIgnored: ignored, settings: settingsOf(config, ignored ? null : readYaml(text.source).value) };
};
