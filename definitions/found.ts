import type { Agent, Fault, Flow, Origin } from '../contracts/flow.ts';
import type { CompiledScript, ScriptMeta } from '../contracts/script.ts';
import type { DefinitionKind } from './folders.ts';

export type Found = {
  name: string;
  description: string;
  origin: Origin;
  file: string;
  faults: Fault[];
  /** The files that this one hides. */
  shadows: string[];
  /** Whether it may act by itself and widen anything. What does not come from the project always may. */
  trusted: boolean;
};
export type FoundFlow = Found & { definition: Flow | null; inputs: Flow['inputs'] | null };
export type FoundAgent = Found & { definition: Agent | null; warnings: Fault[] };

/** `warnings`: what is likely a mistake, and runs. */
export type FoundScript = Found & { definition: CompiledScript | null; meta: ScriptMeta | null; warnings: Fault[] };

export type Loaded<T> = { definition: T; source: string; file: string; origin: Origin; hash: string; trusted: boolean };

export type Shadowing = { name: string; kind: DefinitionKind; file: string; shadows: string[] };
/** One name, several files of the same origin: none of them is used. */
export type Clash = { name: string; origin: Origin; files: string[] };
