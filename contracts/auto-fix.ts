import { z } from 'zod';

export const autoFixModes = ['off', 'on', 'ask'] as const;
/** `ask`: a person is asked in each session, until they have said always or never. */
export const AutoFixMode = z.enum(autoFixModes);
export type AutoFixMode = z.infer<typeof AutoFixMode>;

const Command = z.array(z.string().min(1).max(10_000)).min(1).max(100);

/** What is checked after a step that wrote, and how often a turn is told that it failed. */
export const AutoFixSettings = z.strictObject({
  mode: AutoFixMode.default('off'),
  /** The program and its arguments. Default: `build`, `compile` or `typecheck` of package.json. */
  command: Command.optional(),
  /** Failures in one turn of which the model is told. */
  rounds: z.int().min(1).max(100).default(3),
  /** Until the command is ended. */
  seconds: z.int().min(1).max(3600).default(60),
  /** What is otherwise in a workspace, by its absolute path. */
  workspaces: z
    .record(z.string().startsWith('/'), z.strictObject({ mode: AutoFixMode.optional(), command: Command.optional() }))
    .default({}),
});
export type AutoFixSettings = z.infer<typeof AutoFixSettings>;

/** As they are for one workspace. */
export const autoFixIn = ({ workspaces, ...general }: AutoFixSettings, workspace: string) => {
  const { mode, command } = workspaces[workspace] ?? {};
  return { ...general, mode: mode ?? general.mode, command: command ?? general.command };
};
