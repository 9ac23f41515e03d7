import { z } from 'zod';

/** How commands of agents are isolated from our processes. */
const sandboxKinds = ['none', 'capabilities', 'bwrap', 'namespaces'] as const;
const ContainerCommand = z.strictObject({
  run: z
    .array(z.string().min(1))
    .min(1)
    .describe(
      'The first part of a command line; the command and its arguments follow. `{workspace}`, `{cwd}`, `{name}` and `{env}` are filled in.',
    ),
  end: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('A command line that runs when the command has ended, to clean up.'),
});
const CommandSandbox = z.union([z.enum(['auto', ...sandboxKinds]), ContainerCommand], {
  error: `expected auto, ${sandboxKinds.join(', ')}, or a map with run and end`,
});
export type ContainerCommand = z.infer<typeof ContainerCommand>;
export type CommandSandbox = z.infer<typeof CommandSandbox>;
export type SandboxKind = (typeof sandboxKinds)[number] | 'container';

/** The section `commands` of everturn.yaml. */
export const Commands = z.strictObject({
  sandbox: CommandSandbox.default('auto').describe(
    'How commands are isolated from the processes of the stack. `auto` uses the strongest of `namespaces`, `bwrap`, `capabilities` and `none` that works; a map with `run` and `end` names a container.',
  ),
  shell: z
    .string()
    .regex(/^\/[^\0]*$/, 'the absolute path of a shell, such as /bin/bash')
    .optional()
    .describe(
      'The absolute path of a shell that runs commands given as one text. Without it, commands are given as separate words.',
    ),
});
