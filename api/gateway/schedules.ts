import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import { plainCrons } from '../../contracts/cron.ts';
import type { Flow } from '../../contracts/flow.ts';
import type { Calls } from './calls.ts';

/** A flow's schedule as its file declares it. */
export type Wanted = { flow: string } & Pick<NonNullable<Flow['schedule']>, 'cron' | 'timeZone' | 'overlap'>;
/** `skipped`: starts that the overlap policy left out. */
export type ScheduleState = { paused: boolean; nextRuns: string[]; skipped: number };

const overlaps = {
  skip: ScheduleOverlapPolicy.SKIP,
  buffer_one: ScheduleOverlapPolicy.BUFFER_ONE,
  buffer_all: ScheduleOverlapPolicy.BUFFER_ALL,
  cancel_other: ScheduleOverlapPolicy.CANCEL_OTHER,
  allow_all: ScheduleOverlapPolicy.ALLOW_ALL,
} as const;

/** Of a schedule that we have paused ourselves: a user's own pause has another, and stays. */
const untrustedNote = 'Paused: the project is not trusted. See "npx everturn trust"';

/** What the stack missed while it was down for longer is not made up for. */
const catchupWindow = '10m';

const isThere = async (call: Promise<unknown>): Promise<boolean> => {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false;
    throw error;
  }
};

/**
 * Stacks that share a Temporal have task queues of their own, and projects that share a stack have identities of their own;
 * nothing here reaches the schedules of another.
 */
export const scheduleCalls = ({ client, taskQueue, project, consoleUrl, within }: Calls) => {
  /** Of releases whose schedules knew no project. */
  const earlierPrefix = `flow/${taskQueue}/`;
  const prefix = `${earlierPrefix}${project}/`;
  const handleOf = (flow: string) => client.schedule.getHandle(`${prefix}${flow}`);

  const listed = (start: string): Promise<string[]> =>
    within('list the schedules', async () => {
      const flows: string[] = [];
      for await (const { scheduleId } of client.schedule.list()) {
        const flow = scheduleId.startsWith(start) ? scheduleId.slice(start.length) : '';
        if (flow !== '' && !flow.includes('/')) flows.push(flow);
      }
      return flows;
    });

  const declared = ({ flow, cron, timeZone, overlap }: Wanted) => ({
    spec: { cronExpressions: plainCrons(cron), timezone: timeZone },
    policies: { overlap: overlaps[overlap], catchupWindow },
    action: {
      type: 'startWorkflow' as const,
      workflowType: 'scheduledFlow',
      // Temporal adds the moment to it.
      workflowId: `schedule/${taskQueue}/${project}/${flow}`,
      taskQueue,
      args: [{ flow, project, consoleUrl }],
    },
  });

  return {
    /** The flows of the project that have a schedule in Temporal, as far as its list knows by now. */
    scheduledFlows: (): Promise<string[]> => listed(prefix),

    /** Flows with a schedule of an earlier release, of whichever project. */
    earlierSchedules: (): Promise<string[]> => listed(earlierPrefix),

    /** Puts the schedule in place of that of an earlier release; one that a user has paused stays paused. */
    async adoptSchedule(wanted: Wanted): Promise<void> {
      const earlier = client.schedule.getHandle(`${earlierPrefix}${wanted.flow}`);
      await isThere(
        within('take over the schedule', async () => {
          const { state } = await earlier.describe();
          await client.schedule.create({
            scheduleId: `${prefix}${wanted.flow}`,
            ...declared(wanted),
            state: { paused: state.paused && state.note !== untrustedNote, note: state.note ?? '' },
          });
        }).catch((error: unknown) => {
          if (!(error instanceof ScheduleAlreadyRunning)) throw error;
        }),
      );
      await isThere(within('delete the schedule', () => earlier.delete()));
    },

    /** Makes the schedule, or makes it as the file says. Whether a user has paused it stays. */
    async putSchedule(wanted: Wanted): Promise<void> {
      const options = declared(wanted);
      const scheduleId = `${prefix}${wanted.flow}`;
      try {
        await within('make the schedule', () => client.schedule.create({ scheduleId, ...options }));
      } catch (error) {
        if (!(error instanceof ScheduleAlreadyRunning)) throw error;
        // Deleted in between: the next round makes it.
        await isThere(
          within('change the schedule', () =>
            handleOf(wanted.flow).update(({ state }) => ({
              ...options,
              state: state.note === untrustedNote ? { ...state, paused: false, note: '' } : state,
            })),
          ),
        );
      }
    },

    /** Pauses the schedule until it is put again. One that is paused already stays as it is. */
    holdSchedule: (flow: string): Promise<boolean> =>
      isThere(
        within('hold the schedule', () =>
          handleOf(flow).update(({ state, ...rest }) => ({
            ...rest,
            state: state.paused ? state : { ...state, paused: true, note: untrustedNote },
          })),
        ),
      ),

    dropSchedule: (flow: string): Promise<boolean> =>
      isThere(within('delete the schedule', () => handleOf(flow).delete())),

    /** Null when Temporal has none of this flow. */
    async scheduleState(flow: string): Promise<ScheduleState | null> {
      try {
        const { state, info } = await within('read the schedule', () => handleOf(flow).describe());
        return {
          paused: state.paused,
          nextRuns: info.nextActionTimes.map((time) => time.toISOString()),
          skipped: info.numActionsSkippedOverlap,
        };
      } catch (error) {
        if (error instanceof ScheduleNotFoundError) return null;
        throw error;
      }
    },

    pauseSchedule: (flow: string): Promise<boolean> =>
      isThere(within('pause the schedule', () => handleOf(flow).pause('Paused'))),
    resumeSchedule: (flow: string): Promise<boolean> =>
      isThere(within('resume the schedule', () => handleOf(flow).unpause('Resumed'))),
    /** As if its time had come: under its overlap policy. */
    triggerSchedule: ({ flow, overlap }: Wanted): Promise<boolean> =>
      isThere(within('trigger the schedule', () => handleOf(flow).trigger(overlaps[overlap]))),
  };
};
