import type { Logger } from 'pino';
import type { Config } from '../contracts/config.ts';
import type { ConfigChange, NewConfigChange } from '../contracts/config-changes.ts';
import { ConfigMessage } from '../contracts/config-message.ts';
import { watchConfig } from './watch-config.ts';

export type Followed = {
  config: Config;
  change: ConfigChange | null;
  /** The variables of this process, with what a new configuration needs. */
  source: NodeJS.ProcessEnv;
};

type FollowConfig = {
  /** As {@link startConfig} was given it: the supervisor tells such a process what changes. */
  told: string | undefined;
  project: string;
  source: NodeJS.ProcessEnv;
  config: Config;
  log: Logger;
  /** Writes a change down where all see it. */
  record(change: NewConfigChange): Promise<ConfigChange>;
  /** Puts a configuration into use. Throws what keeps it from that: then the one before it stays. */
  apply(followed: Followed): Promise<void> | void;
};

/** Puts changes of everturn.yaml into use: those that the supervisor tells, or, without one, those of the file. */
export const followConfig = ({ told, project, source, config, log, record, apply }: FollowConfig) => {
  const use = async (followed: Followed): Promise<string | null> => {
    try {
      await apply(followed);
      log.info({ changed: followed.change?.changed ?? [] }, 'everturn.yaml was read again');
      return null;
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      log.error({ fault }, 'everturn.yaml was read again and cannot be used: the configuration before it stays in use');
      return fault;
    }
  };

  if (told !== undefined) {
    process.on('message', (message) => {
      const { data } = ConfigMessage.safeParse(message);
      if (!data) return;
      void use({ config: data.config, change: data.change, source: { ...source, ...data.secrets } });
    });
    // By itself it keeps no process alive.
    process.channel?.unref();
    return { stop: () => Promise.resolve() };
  }
  return watchConfig({
    project,
    source,
    config,
    taken: async ({ config: next, changed, needsRestart }) => {
      const change = await record({ fault: null, changed, needsRestart });
      const fault = await use({ config: next, change, source });
      if (fault !== null) await record({ fault, changed: [], needsRestart: [] });
    },
    refused: async (fault) => {
      log.error({ fault }, 'everturn.yaml cannot be used: the configuration before it stays in use');
      await record({ fault, changed: [], needsRestart: [] });
    },
  });
};
