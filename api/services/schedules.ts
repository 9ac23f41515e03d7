import { EverturnError } from '../../contracts/errors.ts';
import type { Definitions } from '../../definitions/definitions.ts';
import type { Wanted } from '../gateway/schedules.ts';

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
