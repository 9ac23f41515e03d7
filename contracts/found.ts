import { z } from 'zod';
import { AgentHead, Fault, Origin } from './flow.ts';
import { DeclaredBatch, DeclaredStep, Schedule } from './runs.ts';
import { ScriptMeta } from './script.ts';

const found = {
  name: z.string(),
  description: z.string(),
  origin: Origin,
  file: z.string(),
  /** Nothing can be started with it while there are any. */
  faults: z.array(Fault),
  /** The files that this one hides. */
  shadows: z.array(z.string()),
};

/** A flow as a file declares it. */
export const FlowSummary = z.object({
  ...found,
  /** JSON Schema of its input; null: any object, or the file has faults. */
  inputs: z.record(z.string(), z.unknown()).nullable(),
  schedule: Schedule.pick({ cron: true, timeZone: true, overlap: true }).nullable(),
  /** Whether `POST /api/hooks/<name>` may start it. */
  webhook: z.boolean(),
});
export type FlowSummary = z.infer<typeof FlowSummary>;

export const FlowList = z.object({
  flows: z.array(FlowSummary),
  /** Names that several files of one origin have: none of them can be started. */
  clashes: z.array(z.object({ name: z.string(), origin: Origin, files: z.array(z.string()) })),
});
export type FlowList = z.infer<typeof FlowList>;

/** `source` is null where the file cannot be read; a file with faults declares no steps. */
export const FlowDetail = FlowSummary.extend({
  source: z.string().nullable(),
  steps: z.array(DeclaredStep),
  batches: z.array(DeclaredBatch),
});
export type FlowDetail = z.infer<typeof FlowDetail>;

/** A script as its file says of itself. `meta` is null where the file says it wrongly or not at all. */
export const ScriptSummary = z.object({
  ...found,
  meta: ScriptMeta.nullable(),
  /** What is likely a mistake, and runs. */
  warnings: z.array(Fault),
});
export type ScriptSummary = z.infer<typeof ScriptSummary>;

export const ScriptList = z.object({ scripts: z.array(ScriptSummary), clashes: FlowList.shape.clashes });
export type ScriptList = z.infer<typeof ScriptList>;

/** `source` is null where the file cannot be read. */
export const ScriptDetail = ScriptSummary.extend({ source: z.string().nullable() });
export type ScriptDetail = z.infer<typeof ScriptDetail>;

/** `head` is null while the file has faults. */
export const AgentSummary = z.object({
  ...found,
  head: AgentHead.nullable(),
  /** What is ignored, or likely a mistake, and runs. */
  warnings: z.array(Fault),
});
export type AgentSummary = z.infer<typeof AgentSummary>;

export const AgentList = z.object({ agents: z.array(AgentSummary) });
export type AgentList = z.infer<typeof AgentList>;
