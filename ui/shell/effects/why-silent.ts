import type { ApiClient } from '../../../client/api.ts';
import type { Health } from '../../../contracts/api.ts';

const patienceMs = 3_000;

/** The first part that is known to be down; null when all that is known is up. */
const whatIsDown = ({ postgres, temporal, workers, model }: Health): string | null => {
  if (!postgres) return 'Postgres is not reachable';
  if (!temporal) return 'Temporal is not reachable';
  if (workers === 0) return 'No worker is running';
  return model.reachable === false ? `The provider of ${model.label} is not reachable` : null;
};

/** Why nothing comes, as far as the API says. */
export const whySilent = async (api: ApiClient, signal: AbortSignal): Promise<string | null> => {
  try {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    return whatIsDown(await api.health({ model: true, signal: patience }));
  } catch {
    return 'The API is not responding';
  }
};
