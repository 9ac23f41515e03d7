import { z } from 'zod';

export const autoFixModes = ['off', 'on', 'ask'] as const;
/** `ask`: a user is asked in each session, until they have said always or never. */
export const AutoFixMode = z.enum(autoFixModes);
export type AutoFixMode = z.infer<typeof AutoFixMode>;

const Command = z.array(z.string().min(1).max(10_000)).min(1).max(100);

/** What is checked after a step that wrote, and how many failures per turn are reported to the model. */
export const AutoFixSettings = z.strictObject({
  mode: AutoFixMode.default('off').describe('`ask`: only in sessions in which a user has allowed it.'),
  command: Command.optional().describe(
    'The program and its arguments. Default: the script `build`, `compile` or `typecheck` of package.json.',
  ),
  rounds: z.int().min(1).max(100).default(3).describe('How many failures in one turn are passed to the model.'),
  seconds: z.int().min(1).max(3600).default(60).describe('Seconds after which the command is ended.'),
  workspaces: z
    .record(
      z.string().startsWith('/'),
      z.strictObject({
        mode: AutoFixMode.optional().describe('Instead of `autoFix.mode`.'),
        command: Command.optional().describe('Instead of `autoFix.command`.'),
      }),
    )
    .default({})
    .describe('Other settings for single workspaces, by absolute path.'),
});
export type AutoFixSettings = z.infer<typeof AutoFixSettings>;

/** As they are for one workspace. */
export const autoFixIn = ({ workspaces, ...general }: AutoFixSettings, workspace: string) => {
  const { mode, command } = workspaces[workspace] ?? {};
  return { ...general, mode: mode ?? general.mode, command: command ?? general.command };
};
