import type { ServerResponse } from 'node:http';
import type { Role } from '../../contracts/users.ts';
import { covers } from '../../contracts/users.ts';
import type { Store } from '../../store/store.ts';
import { type Listener, usersStream } from '../../store/wakeups.ts';
import type { Principal } from './principal.ts';

/** Lost wake-ups, and expiries, which cause no wake-up, are noticed after this time. */
const patienceMs = 2000;

type Open = { hash: string; role: Role; response: ServerResponse };

/**
 * Ends streams whose token or login was revoked, has expired, or whose user has a lower role now. A response that was
 * sent whole is not touched.
 */
export const createOpenWatch = (users: Pick<Store['users'], 'rolesOf'>, listener: Pick<Listener, 'subscribe'>) => {
  const open = new Set<Open>();
  let isChecking = false;
  let isStale = false;

  const check = async (): Promise<void> => {
    while (isStale) {
      isStale = false;
      const watched = [...open].filter(({ response }) => response.headersSent && !response.writableEnded);
      if (watched.length === 0) return;
      const roles = await users.rolesOf([...new Set(watched.map(({ hash }) => hash))]);
      for (const { hash, role, response } of watched) {
        const now = roles.get(hash);
        if (now === undefined || !covers(now, role)) response.destroy();
      }
    }
  };

  const recheck = async (): Promise<void> => {
    isStale = true;
    if (isChecking) return;
    isChecking = true;
    // While Postgres is away there is nothing to read either; the next round looks again.
    await check().catch(() => {});
    isChecking = false;
  };

  const unsubscribe = listener.subscribe(usersStream, () => void recheck());
  const timer = setInterval(() => void recheck(), patienceMs);
  timer.unref();

  return {
    add({ hash, role }: Principal, response: ServerResponse): void {
      if (hash === null) return;
      const entry = { hash, role, response };
      open.add(entry);
      response.once('close', () => open.delete(entry));
    },
    close(): void {
      clearInterval(timer);
      unsubscribe();
    },
  };
};
