import type { TurnEnd } from '../../contracts/activities.ts';
import type { Ended } from './attempt.ts';

/** As it passes through Temporal. */
export const endOf = ({ next }: Ended): TurnEnd => (next === null ? {} : { next });
