import type { UntoldEnd } from '../../store/run-starters.ts';
import type { Store } from '../../store/store.ts';
import type { Delivery } from '../services/delivery.ts';

const maxCharacters = 20_000;

const textOf = ({ id, name, status, code, reason, output }: UntoldEnd): string => {
  if (status !== 'completed') return `The script ${name} (run ${id}) was ${status}: ${reason ?? code}`;
  const result = typeof output === 'string' ? output : JSON.stringify(output ?? null, null, 2);
  const shown =
    result.length > maxCharacters ? `${result.slice(0, maxCharacters)}\n… (cut; script_status says more)` : result;
  return `The script ${name} (run ${id}) has completed:\n\n${shown}`;
};

/**
 * The agent that started a run gets its end as a message, once, however the run ended. One that cannot be notified holds up
 * no other: it is tried again in the next round.
 */
export const notifyStarters = async (store: Store, delivery: Delivery): Promise<void> => {
  const failures: unknown[] = [];
  for (const end of await store.runStarters.untold()) {
    const { id, sessionId } = end;
    const message = { id: `script/${id}/end`, sessionId, text: textOf(end), whenBusy: 'enqueue' as const };
    try {
      await delivery.message(message, { isOurs: true });
      await store.runStarters.told(id);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, 'Some agents could not be notified of the end of their run');
};
