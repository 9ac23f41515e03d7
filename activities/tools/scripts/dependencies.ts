import type { FindScript } from '../../../contracts/definition.ts';
import type { Store } from '../../../store/store.ts';

export type ScriptToolDependencies = { store: Store; findScript: FindScript };

/** Above it a run is called large, to whoever allows it and to whoever watches. */
export const largeRun = 25;
