import { EverturnError } from '../../contracts/errors.ts';
import { untrusted } from '../../contracts/untrusted.ts';
import type { Definitions } from '../../definitions/definitions.ts';
import type { Wanted } from '../gateway/schedules.ts';

/** The schedules that flows without faults declare, as far as they are trusted. */
export const wantedSchedules = (definitions: Definitions): Wanted[] =>
  definitions.flows().flatMap(({ name, definition, trusted }) => {
    if (!definition?.schedule || !trusted) return [];
    const { cron, timeZone, overlap } = definition.schedule;
    return [{ flow: name, cron, timeZone, overlap }];
  });

/** Throws `flow_not_found`, `flow_invalid`, `schedule_not_found`, `project_untrusted`. */
export const wantedSchedule = (definitions: Definitions, flow: string): Wanted => {
  const { definition, trusted } = definitions.flow(flow);
  const { schedule } = definition;
  if (!schedule) {
    throw new EverturnError(
      'schedule_not_found',
      `Cannot find the schedule of ${flow}: its file declares none. Add "schedule" to it`,
    );
  }
  if (!trusted) throw untrusted(`use the schedule of ${flow}`);
  const { cron, timeZone, overlap } = schedule;
  return { flow, cron, timeZone, overlap };
};
