import { newIdempotencyKey } from '../../../client/idempotency.ts';
import { hasEnded, type Subagent } from '../../../contracts/subagents.ts';
import { askToNotify, notifyPermission, showNotification } from '../../shell/effects/notification.ts';
import { asError, notify, reportFailure, type Store } from '../../shell/effects/store.ts';

const pageSize = 100;

export type SubagentActions = {
  read(signal: AbortSignal): Promise<void>;
  cancel(id: string): void;
  askToNotify(): void;
};

const words = { completed: 'has completed', failed: 'has failed', cancelled: 'was cancelled', crashed: 'has crashed' };

const tidings = ({ label, status, code }: Subagent): string | null =>
  hasEnded(status) ? `Background agent “${label}” ${words[status]}${code === null ? '' : ` (${code})`}` : null;

/** The list of background agents; tells of those that end while somebody looks. `open` shows a session. */
export const createSubagents = (store: Store, open: (id: string) => void): SubagentActions => {
  /** Those that had not ended when the list was read last; null before it was. */
  let running: ReadonlySet<string> | null = null;

  const notifyOf = (subagents: readonly Subagent[]): void => {
    for (const subagent of subagents) {
      const text = running?.has(subagent.id) ? tidings(subagent) : null;
      if (text === null) continue;
      notify(store, subagent.status === 'failed' || subagent.status === 'crashed' ? 'error' : 'info', text);
      showNotification(subagent.id, text, () => open(subagent.parentSessionId));
    }
    running = new Set(subagents.filter(({ status }) => !hasEnded(status)).map(({ id }) => id));
  };

  const cancel = async (id: string): Promise<void> => {
    store.dispatch({ type: 'subagent-asked', id, asked: true });
    try {
      await store.api().cancelSubagent(id, { idempotencyKey: newIdempotencyKey() });
    } catch (cause) {
      store.dispatch({ type: 'subagent-asked', id, asked: false });
      if (asError(cause).code !== 'subagent_ended') reportFailure(store, cause);
    }
  };

  return {
    read: async (signal) => {
      store.dispatch({ type: 'notify-permission', permission: notifyPermission() });
      try {
        const { subagents } = await store.api().listSubagents({ limit: pageSize }, { signal });
        store.dispatch({ type: 'subagents', subagents });
        notifyOf(subagents);
      } catch {
        // The connection's own state tells of an API that is away.
        if (!signal.aborted) store.dispatch({ type: 'subagents-failed' });
      }
    },
    cancel: (id) => void cancel(id),
    askToNotify: () => {
      void askToNotify().then((permission) => store.dispatch({ type: 'notify-permission', permission }));
    },
  };
};
