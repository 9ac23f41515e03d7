import { type BenchOptions, type Part, runParts } from '../parts.ts';
import { type Field, openField } from './field.ts';
import { measureOpen } from './measures/open.ts';
import { measureStart } from './measures/start.ts';
import { measureStream } from './measures/stream.ts';

const parts: Record<string, Part<Field>> = {
  start: measureStart,
  open: measureOpen,
  stream: measureStream,
};

export const runConsoleBench = (options: BenchOptions) => runParts('console', parts, openField, options);
