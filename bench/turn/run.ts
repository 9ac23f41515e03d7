import { type BenchOptions, type Part, runParts } from '../parts.ts';
import { type Field, openField } from './field.ts';
import { measureCrash } from './measures/crash.ts';
import { measureFirstToken } from './measures/first-token.ts';
import { measureGrowth } from './measures/growth.ts';
import { measureHistory } from './measures/history.ts';
import { measureLoad } from './measures/load.ts';
import { measureMemory } from './measures/memory.ts';

/** In this order: the later ones find warm programs. */
const parts: Record<string, Part<Field>> = {
  load: measureLoad,
  growth: measureGrowth,
  'first-token': measureFirstToken,
  history: measureHistory,
  crash: measureCrash,
  memory: measureMemory,
};

export const runTurnBench = (options: BenchOptions) => runParts('turn', parts, openField, options);
