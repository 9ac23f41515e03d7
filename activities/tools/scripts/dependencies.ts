import type { FindScript } from '../../../contracts/definition.ts';
import type { RunDefaults } from '../../../contracts/run-defaults.ts';
import type { Store } from '../../../store/store.ts';

export type ScriptToolDependencies = {
  store: Store;
  findScript: FindScript;
  runDefaults: RunDefaults;
  /** How many agents a script starts, with these arguments; null where its source cannot be read. */
  estimate: (source: string, args: { value: unknown }) => { agents: number; orMore: boolean } | null;
  /** What an agent of a script takes, where none has run yet. */
  assumed: { tokens: number; dollars: number | null };
};
