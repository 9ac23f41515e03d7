import { type BenchOptions, type Part, runParts } from '../parts.ts';
import { type Field, openField } from './field.ts';
import { measureItems } from './measures/items.ts';
import { measureWide } from './measures/wide.ts';

const parts: Record<string, Part<Field>> = { wide: measureWide, items: measureItems };

export const runFlowsBench = (options: BenchOptions) => runParts('flows', parts, openField, options);
