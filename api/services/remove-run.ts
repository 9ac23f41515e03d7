import { EverturnError } from '../../contracts/errors.ts';
import type { Act } from '../../store/audit.ts';
import type { Store } from '../../store/store.ts';
import type { Gateway } from '../gateway.ts';
import type { Delivery } from './delivery.ts';
import { findRun } from './runs.ts';

/** Calls to Temporal at once. */
const width = 20;

const forEach = async (ids: readonly string[], act: (id: string) => Promise<unknown>): Promise<void> => {
  for (let from = 0; from < ids.length; from += width) await Promise.all(ids.slice(from, from + width).map(act));
};

/** Deletes a run that has ended, with the runs that its steps started and the sessions of all. Throws `run_active`. */
export const removeRun = async (
  { store, gateway, delivery }: { store: Store; gateway: Gateway; delivery: Delivery },
  by: Act,
): Promise<void> => {
  const id = by.target;
  const { status } = await findRun(store, id);
  if (status === 'running') {
    throw new EverturnError('run_active', `Cannot delete run ${id}: it has not ended. Cancel it first`);
  }
  const members = await store.runFamily.members(id);
  const ids = members.map((member) => member.id);
  // A user may have continued a session of the run: its turn is asked to end too.
  const running = members.filter((member) => member.status === 'running');
  await forEach(
    running.map((member) => member.id),
    gateway.cancelRun,
  );
  await forEach(await store.runFamily.sessions(ids), (session) => delivery.cancel(session));
  await store.act(by, ({ runFamily }) => runFamily.remove(ids));
  for (const member of ids) store.wakeRun(member);
};
