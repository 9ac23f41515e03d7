import type { ConfigChange } from '../../contracts/config-changes.ts';
import type { ConfigMessage } from '../../contracts/config-message.ts';
import { forWorker } from './child-environment.ts';
import type { Context } from './context.ts';

/** The configuration as a process gets it: workers of agents with the keys that it names, others without keys. */
export const configMessage = (
  { config, source }: Pick<Context, 'config' | 'source'>,
  name: string,
  change: ConfigChange | null,
): ConfigMessage => {
  const secrets = name.startsWith('worker-') ? forWorker(source, config).secrets : {};
  const known = Object.entries(secrets).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { type: 'config', config, change, secrets: Object.fromEntries(known) };
};
