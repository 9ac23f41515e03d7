import path from 'node:path';
import { Config } from '../contracts/config.ts';
import { readText } from '../definitions/read-text.ts';
import { configName, loadConfig, parseConfig } from '../runtime/config.ts';
import { grantsOfConfig } from './grants/config.ts';
import { withPersonal } from './personal.ts';
import { openTrust } from './trust.ts';

/** `ignored`: everturn.yaml would widen something and is not trusted, so the defaults hold. */
export type TrustedConfig = { config: Config; ignored: boolean };

/** The configuration of a project as far as the user has trusted it. Throws `config_invalid`. */
export const loadTrustedConfig = (project: string, source: NodeJS.ProcessEnv = process.env): TrustedConfig => {
  const file = path.join(project, configName);
  const text = readText(file, project);
  // Missing, empty or unreadable: what that means is said there.
  const config = 'source' in text ? parseConfig(text.source, file) : loadConfig(project);
  if (grantsOfConfig(config).length === 0) return { config: withPersonal(config, project, source), ignored: false };
  const isTrusted = openTrust(project, source)
    .look()
    .knows(file, 'hash' in text ? text.hash : '');
  if (isTrusted) return { config: withPersonal(config, project, source), ignored: false };
  // What forbids needs no trust.
  const permissions = config.permissions.filter(({ decision }) => decision !== 'allow');
  return { config: withPersonal(Config.parse({ permissions }), project, source), ignored: true };
};

/** Of a process that the supervisor started: as it was given. Of one started manually: as {@link loadTrustedConfig}. */
export const startConfig = (project: string, told: string | undefined): TrustedConfig =>
  told === undefined ? loadTrustedConfig(project) : { config: Config.parse(JSON.parse(told)), ignored: false };
