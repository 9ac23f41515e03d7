import { type BenchOptions, type Part, runParts } from '../parts.ts';
import { measureGrowth } from '../turn/measures/growth.ts';
import { type Field, openField } from './field.ts';
import { measureLookups } from './measures/lookups.ts';
import { measureStore } from './measures/store.ts';

/** The database is full only for the last. */
const parts: Record<string, Part<Field>> = {
  store: measureStore,
  growth: measureGrowth,
  lookups: measureLookups,
};

export const runSessionsBench = (options: BenchOptions) => runParts('sessions', parts, openField, options);
