import { z } from 'zod';
import { permissions } from './tools.ts';

/** A tool as its source describes it, checked and named. */
export const DescribedTool = z.object({
  /** As models call it. */
  name: z.string(),
  /** As the source calls it. */
  own: z.string(),
  description: z.string(),
  /** JSON Schema of the arguments. */
  schema: z.record(z.string(), z.unknown()),
  permission: z.enum(permissions),
  effect: z.enum(['pure', 'idempotent', 'once']),
  /** Until a call is ended, where the tool itself says so. */
  seconds: z.number().optional(),
});
export type DescribedTool = z.infer<typeof DescribedTool>;

/** What is not offered, or only in part, and why. */
export const SourceFault = z.object({ tool: z.string(), message: z.string() });
export type SourceFault = z.infer<typeof SourceFault>;

export const ServerResource = z.object({ uri: z.string(), name: z.string(), description: z.string() });
export type ServerResource = z.infer<typeof ServerResource>;
export const ServerPrompt = z.object({ name: z.string(), description: z.string(), arguments: z.array(z.string()) });
export type ServerPrompt = z.infer<typeof ServerPrompt>;

/** What a source offered when it was last asked. */
export const Offers = z.object({
  tools: z.array(DescribedTool),
  faults: z.array(SourceFault),
  resources: z.array(ServerResource),
  prompts: z.array(ServerPrompt),
  /** The server's own name and version; null for a file. */
  software: z.string().nullable(),
});
export type Offers = z.infer<typeof Offers>;

export const noOffers: Offers = { tools: [], faults: [], resources: [], prompts: [], software: null };

export const SourceKind = z.enum(['mcp', 'file']);
export type SourceKind = z.infer<typeof SourceKind>;

/** A server of tools, or a file with one, as a worker last saw it. */
export const ToolSource = z.object({
  kind: SourceKind,
  /** The name of the server, or the path of the file. */
  name: z.string(),
  /** Why it could not be asked; null where it could. */
  fault: z.string().nullable(),
  offers: Offers,
  at: z.iso.datetime(),
});
export type ToolSource = z.infer<typeof ToolSource>;

export const ToolList = z.object({
  /** Those that come with Everturn. */
  builtIn: z.array(z.object({ name: z.string(), description: z.string() })),
  sources: z.array(ToolSource),
});
export type ToolList = z.infer<typeof ToolList>;
