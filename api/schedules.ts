import type { Logger } from 'pino';
import { EverturnError } from '../contracts/errors.ts';
import type { Definitions } from '../definitions/definitions.ts';
import type { Wanted } from './gateway/schedules.ts';
import type { Gateway } from './gateway.ts';

const roundMs = 5000;

/** The schedules that flows without faults declare. */
export const wantedSchedules = (definitions: Definitions): Wanted[] =>
  definitions.flows().flatMap(({ name, definition }) => {
    if (!definition?.schedule) return [];
    const { cron, timeZone, overlap } = definition.schedule;
    return [{ flow: name, cron, timeZone, overlap }];
  });

/** Throws `flow_not_found`, `flow_invalid`, `schedule_not_found`. */
export const wantedSchedule = (definitions: Definitions, flow: string): Wanted => {
  const { schedule } = definitions.flow(flow).definition;
  if (!schedule) {
    throw new EverturnError(
      'schedule_not_found',
      `Cannot find the schedule of ${flow}: its file declares none. Add "schedule" to it`,
    );
  }
  const { cron, timeZone, overlap } = schedule;
  return { flow, cron, timeZone, overlap };
};

/**
 * Makes Temporal's schedules those of the files: made, changed and deleted with them. A file that has faults for the
 * moment keeps its schedule, which starts nothing meanwhile. Every process of the API does this; what one has done, the
 * others find done.
 */
export const createScheduleSync = (definitions: Definitions, gateway: Gateway, log: Logger) => {
  const applied = new Map<string, string>();

  return async (): Promise<void> => {
    const wanted = wantedSchedules(definitions);
    const faulty = new Set(definitions.flows().flatMap(({ name, faults }) => (faults.length > 0 ? [name] : [])));
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
      if (kept.has(flow)) continue;
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
