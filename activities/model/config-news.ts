import type { SystemBody } from '../../contracts/chunks.ts';
import { type ConfigChange, wordsOfChange } from '../../contracts/config-changes.ts';
import type { PreviousRequest } from '../../store/requests.ts';

export const configReload = 'config-reload';

/** The changes of everturn.yaml that a session has not seen: each since its last request, once. `id`: of the newest change. */
export const configNews = (
  changes: readonly ConfigChange[],
  previous: Pick<PreviousRequest, 'config'> | null,
): { id: number; notices: SystemBody[] } => {
  const seen = previous?.config ?? 0;
  const unseen = previous === null ? [] : changes.filter(({ id }) => id > seen);
  return {
    id: Math.max(seen, changes.at(-1)?.id ?? 0),
    notices: unseen.map((change) => ({ kind: 'system', label: configReload, text: wordsOfChange(change) })),
  };
};
