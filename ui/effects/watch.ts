import type { ApiClient } from '../../client/api.ts';
import { keepConnected } from '../../client/connection.ts';
import type { TailOptions } from '../../client/tail.ts';

/** What changed; both null: anything may have, as after each connection. */
export type Change = { sessionId: string | null; runId: string | null };

const changeOf = (text: string): Change => {
  const { sessionId = null, runId = null } = JSON.parse(text) as Partial<Change>;
  return { sessionId, runId };
};

/** Wake-ups for the lists of sessions and runs. */
export const watchChanges = (
  api: ApiClient,
  { signal, onState, onChange }: Pick<TailOptions, 'onState' | 'signal'> & { onChange(change: Change): void },
): Promise<void> =>
  keepConnected({
    signal,
    onState,
    open: (opening) => api.openChanges({ signal: opening }),
    onLive: () => onChange({ sessionId: null, runId: null }),
    onMessage: ({ event, data }) => {
      if (event === 'changed') onChange(changeOf(data));
    },
  });
