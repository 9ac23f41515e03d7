import type { Contestant } from '../contestant.ts';
import type { Context } from './context.ts';

/** Starts what a contestant consists of. Throws when this machine cannot run it. */
export type Starter = (context: Context) => Promise<Pick<Contestant, 'open' | 'processes'>>;
