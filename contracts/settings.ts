import { z } from 'zod';

/** `file`: everturn.yaml. `personal`: a file of the user's own, in every project. */
export const SettingSource = z.enum(['file', 'personal', 'default']);
export type SettingSource = z.infer<typeof SettingSource>;

/** One value of the configuration as it is in use. */
export const Setting = z.object({
  /** `limits.scriptRuns`, `models[0].model`. */
  path: z.string(),
  /** Null where it is not set and has no default. A secret is written as dots. */
  value: z.union([z.string(), z.number(), z.boolean()]).nullable(),
  source: SettingSource,
  isSecret: z.boolean(),
});
export type Setting = z.infer<typeof Setting>;

/** A variable of the environment that the API was started with. */
export const EnvironmentRow = z.object({
  name: z.string(),
  /** Null where it is not set and has no default. */
  value: z.string().nullable(),
  source: z.enum(['environment', 'default']),
  isSecret: z.boolean(),
});
export type EnvironmentRow = z.infer<typeof EnvironmentRow>;

export const Settings = z.object({
  /** everturn.yaml of the project; null if there is none. */
  file: z.string().nullable(),
  /** The file would widen something and is not trusted, so the defaults are in use. */
  isIgnored: z.boolean(),
  settings: z.array(Setting),
  environment: z.array(EnvironmentRow),
});
export type Settings = z.infer<typeof Settings>;
