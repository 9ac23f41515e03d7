import { z } from 'zod';
import { Config } from './config.ts';
import { ConfigChange } from './config-changes.ts';

/** From the supervisor to a process of its own, over the channel between them. */
export const ConfigMessage = z.object({
  type: z.literal('config'),
  config: Config,
  /** What changed; null for a process that starts with it. */
  change: ConfigChange.nullable(),
  /** Variables that the new configuration names, for the process that may have them. */
  secrets: z.record(z.string(), z.string()),
});
export type ConfigMessage = z.infer<typeof ConfigMessage>;
