import type { Health } from '../../../contracts/api.ts';
import type { Store } from './store.ts';

const patienceMs = 3_000;

/** The first part that is known to be down; null when all that is known is up. */
const whatIsDown = ({ postgres, temporal, workers }: Health): string | null => {
  if (!postgres) return 'Postgres is not reachable';
  if (!temporal) return 'Temporal is not reachable';
  return workers === 0 ? 'No worker is running' : null;
};

/** Why a stream is silent, as far as the API says. */
export const whySilent = async (store: Store, signal: AbortSignal): Promise<string | null> => {
  try {
    return whatIsDown(await store.api().health({ signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]) }));
  } catch {
    return 'The API is not responding';
  }
};
