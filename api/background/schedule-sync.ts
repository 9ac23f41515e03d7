import type { Logger } from 'pino';
import type { Definitions } from '../../definitions/definitions.ts';
import type { Gateway } from '../gateway.ts';
import { wantedSchedules } from '../services/schedules.ts';

const roundMs = 5000;
/** In the place of what was applied. */
const held = 'held';

/**
 * Makes Temporal's schedules those of the files: made, changed and deleted with them. A file that has faults for the
 * moment keeps its schedule, which starts nothing meanwhile. That of a file which is not trusted any more is paused until
 * it is. Every process of the API does this; what one has done, the
 * others find done.
 */
export const createScheduleSync = (definitions: Definitions, gateway: Gateway, log: Logger) => {
  const applied = new Map<string, string>();

  return async (): Promise<void> => {
    const wanted = wantedSchedules(definitions);
    const flows = definitions.flows();
    const faulty = new Set(flows.flatMap(({ name, faults }) => (faults.length > 0 ? [name] : [])));
    const untrusted = new Set(flows.flatMap(({ name, trusted }) => (trusted ? [] : [name])));
    const existing = new Set(await gateway.scheduledFlows());
    for (const schedule of wanted) {
      const state = JSON.stringify(schedule);
      if (applied.get(schedule.flow) === state && existing.has(schedule.flow)) continue;
      try {
        await gateway.putSchedule(schedule);
        applied.set(schedule.flow, state);
      } catch (error) {
        log.warn({ error, flow: schedule.flow }, 'cannot make the schedule now');
      }
    }
    const kept = new Set([...wanted.map(({ flow }) => flow), ...faulty]);
    for (const flow of existing) {
      if (untrusted.has(flow) && applied.get(flow) !== held) {
        await gateway.holdSchedule(flow);
        applied.set(flow, held);
      }
      if (kept.has(flow) || untrusted.has(flow)) continue;
      await gateway.dropSchedule(flow);
      applied.delete(flow);
    }
  };
};

export const startScheduleSync = (definitions: Definitions, gateway: Gateway, log: Logger) => {
  const sync = createScheduleSync(definitions, gateway, log);
  let round: Promise<void> | undefined;
  const next = (): void => {
    round ??= sync()
      .catch((error: unknown) => log.debug({ error }, 'look at the schedules again later'))
      .finally(() => {
        round = undefined;
      });
  };
  next();
  const timer = setInterval(next, roundMs);
  return {
    async stop(): Promise<void> {
      clearInterval(timer);
      await round;
    },
  };
};
