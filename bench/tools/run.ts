import { type BenchOptions, type Part, runParts } from '../parts.ts';
import { type Field, openField } from './field.ts';
import { measureApply } from './measures/apply.ts';
import { measureAttachment } from './measures/attachment.ts';
import { measureDiff } from './measures/diff.ts';
import { measureMcp } from './measures/mcp.ts';

const parts: Record<string, Part<Field>> = {
  diff: measureDiff,
  apply: measureApply,
  mcp: measureMcp,
  attachment: measureAttachment,
};

export const runToolsBench = (options: BenchOptions) => runParts('tools', parts, openField, options);
