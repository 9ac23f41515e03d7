import { statSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../contracts/config.ts';
import { changedFields, needsRestart } from '../contracts/config-changes.ts';
import { configName } from '../runtime/config.ts';
import { loadTrustedConfig } from './config.ts';
import { personalFile } from './personal.ts';

/** `needsRestart`: all fields that differ from those at the start and are read only then. */
export type Taken = { config: Config; changed: string[]; needsRestart: string[] };

export type WatchConfig = {
  project: string;
  source: NodeJS.ProcessEnv;
  /** What is in use now. */
  config: Config;
  /** Throws what keeps the configuration from being used: then it is not. */
  check?(config: Config): void;
  /** The file holds another configuration, or again the one that is in use after it held none that can be used. */
  taken(change: Taken): Promise<void>;
  /** The file cannot be used, or the user has not trusted it; once for each reason. */
  refused(fault: string): Promise<void>;
};

const everyMs = 500;
const untrusted =
  'everturn.yaml has changed and is not trusted: the configuration before it stays in use. See what it would allow with "npx everturn trust"';

/** Of the project's file and of the user's. */
const stampOf = (file: string): string => [file, personalFile()].map(stampOfOne).join('; ');

const stampOfOne = (file: string): string => {
  try {
    const { mtimeNs, ctimeNs, size, ino } = statSync(file, { bigint: true });
    return [mtimeNs, ctimeNs, size, ino].join(' ');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unreadable';
  }
};

const stampIfIgnored = (file: string, project: string, source: NodeJS.ProcessEnv): string | null => {
  try {
    const stamp = stampOf(file);
    return loadTrustedConfig(project, source).ignored ? stamp : null;
  } catch {
    return null;
  }
};

/** Reads everturn.yaml again when it changes. One that cannot be used leaves the one before it in use. */
export const watchConfig = ({ project, source, check, taken, refused, ...start }: WatchConfig) => {
  const file = path.join(project, configName);
  let current = start.config;
  let stamp: string | null = null;
  let fault: string | null = null;

  /** The file waits for trust, which is given without a change of it. */
  let isWaiting = false;

  /** Of a file that was not trusted at the start, which was reported then. */
  const told = stampIfIgnored(file, project, source);

  const read = (now: string): Config | string => {
    try {
      const { config, ignored } = loadTrustedConfig(project, source);
      isWaiting = ignored;
      if (ignored) return now === told ? current : untrusted;
      check?.(config);
      return config;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

  const look = async (): Promise<void> => {
    const now = stampOf(file);
    if (now === stamp && fault === null && !isWaiting) return;
    const found = read(now);
    if (typeof found === 'string') {
      stamp = now;
      if (found !== fault) await refused(found);
      fault = found;
      return;
    }
    const changed = changedFields(current, found);
    if (changed.length > 0 || fault !== null) {
      await taken({ config: found, changed, needsRestart: needsRestart(changedFields(start.config, found)) });
    }
    current = found;
    fault = null;
    stamp = now;
  };

  let looking: Promise<void> | undefined;
  // What could not be recorded now is looked at again.
  const timer = setInterval(() => {
    looking ??= look()
      .catch(() => {})
      .finally(() => {
        looking = undefined;
      });
  }, everyMs);
  timer.unref();
  return {
    async stop(): Promise<void> {
      clearInterval(timer);
      await looking;
    },
  };
};
