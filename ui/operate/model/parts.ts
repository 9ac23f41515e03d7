import type { ConfigState } from '../../../contracts/config-changes.ts';
import type { EverturnError } from '../../../contracts/errors.ts';
import type { AgentSummary } from '../../../contracts/found.ts';
import type { Key } from '../../../contracts/keys.ts';
import type { NoteList } from '../../../contracts/memory.ts';
import type { PermissionList } from '../../../contracts/permissions/api.ts';
import type { Schedule } from '../../../contracts/runs.ts';
import type { Settings } from '../../../contracts/settings.ts';
import type { SkillRow } from '../../../contracts/skills.ts';
import type { StackReport } from '../../../contracts/stack.ts';
import type { ToolList } from '../../../contracts/tool-sources.ts';
import type { UsageReport } from '../../../contracts/usage-report.ts';

/** What the operator's pages show, each read by itself, so that one that fails takes no other with it. */
export type PartValues = {
  schedules: readonly Schedule[];
  stack: StackReport;
  keys: readonly Key[];
  settings: Settings;
  config: ConfigState;
  permissions: PermissionList;
  tools: ToolList;
  skills: readonly SkillRow[];
  notes: NoteList;
  agents: readonly AgentSummary[];
  /** Tokens and cost by day. */
  usageDays: UsageReport;
  /** The same by what was chosen. */
  usageRows: UsageReport;
};
export type PartName = keyof PartValues;

export type Part<Value> = {
  value: Value | null;
  /** Why the last reading failed; what was read before stays. */
  error: EverturnError | null;
  isLoading: boolean;
};

export type Parts = { readonly [Name in PartName]?: Part<PartValues[Name]> };

/** The models that everturn.yaml names, in the order of its keys. */
export const modelsOf = ({ keys }: Parts): string[] => [
  ...new Set((keys?.value ?? []).flatMap(({ models }) => models)),
];

/** Before anything was read. */
export const unread = { value: null, error: null, isLoading: true } as const;
