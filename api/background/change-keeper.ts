import type { Logger } from 'pino';
import type { Store } from '../../store/store.ts';
import type { Gateway } from '../gateway.ts';
import { startRounds } from './rounds.ts';

const roundMs = 1000;
const maxAtOnce = 20;

/**
 * Completes sets of changes that no process works on: those whose workflow was not started, and those of calls that
 * were cut off for good. Every API process runs one keeper.
 */
export const startChangeKeeper = ({
  store,
  gateway,
  log,
}: {
  store: Store;
  gateway: Pick<Gateway, 'startFileChanges'>;
  log: Logger;
}) =>
  startRounds(roundMs, async () => {
    try {
      for (const set of await store.fileChanges.openSets(maxAtOnce)) await gateway.startFileChanges(set);
    } catch (error) {
      log.debug({ error }, 'look at the changes again later');
    }
  });
