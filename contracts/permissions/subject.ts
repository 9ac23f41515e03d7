import { z } from 'zod';
import { permissions } from '../tools.ts';

/** All that a decision about a call looks at. Recorded with it, so that it can be explained and made again. */
export const Subject = z.object({
  tool: z.string(),
  kind: z.enum(permissions),
  /** The tool asks a user whatever a session may do unasked, unless a rule says otherwise. */
  isAsking: z.boolean(),
  agent: z.string(),
  /** Absolute, without links. */
  workspace: z.string(),
  home: z.string().nullable(),
  /** Of each path that the call names: its target after all links; null if unknown. */
  paths: z.array(z.string().nullable()),
  hosts: z.array(z.string()),
  command: z
    .object({
      argv: z.array(z.string()),
      /** Of the program: its name when its links are followed. */
      names: z.array(z.string()),
      /** The program was found inside the workspace, though its name does not say so. */
      isOwn: z.boolean(),
      cwd: z.string().nullable(),
      /** The text is read by the shell that the configuration names. */
      shellText: z.string().nullable(),
    })
    .nullable(),
});
export type Subject = z.infer<typeof Subject>;
