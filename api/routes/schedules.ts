import { ScheduleList } from '../../contracts/run-detail.ts';
import { Schedule } from '../../contracts/runs.ts';
import { acts, viewer } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, ApiContext } from '../context.ts';
import type { Wanted } from '../gateway/schedules.ts';
import { wantedSchedule, wantedSchedules } from '../services/schedules.ts';
import { FlowParams, IdempotencyHeader } from './shared.ts';

export const scheduleRoutes = (app: Api, { store, gateway, definitions }: ApiContext): void => {
  const shown = async (wanted: Wanted): Promise<Schedule> => {
    const [state, { runs }] = await Promise.all([
      gateway.scheduleState(wanted.flow),
      store.runs.list({ flow: wanted.flow, trigger: 'schedule', limit: 1 }),
    ]);
    const [lastRun = null] = runs;
    return { ...wanted, ...(state ?? { paused: false, nextRuns: [] }), lastRun };
  };

  app.get('/api/schedules', { config: viewer, schema: { response: { 200: ScheduleList } } }, async () => ({
    schedules: await Promise.all(wantedSchedules(definitions).map(shown)),
  }));

  const verbs = [
    ['pause', ({ flow }: Wanted) => gateway.pauseSchedule(flow)],
    ['resume', ({ flow }: Wanted) => gateway.resumeSchedule(flow)],
    ['trigger', (wanted: Wanted) => gateway.triggerSchedule(wanted)],
  ] as const;
  for (const [verb, act] of verbs) {
    app.post(
      `/api/schedules/:name/${verb}`,
      {
        config: acts(`schedule.${verb}`),
        schema: { params: FlowParams, headers: IdempotencyHeader, response: { 200: Schedule } },
      },
      async (request) => {
        const wanted = wantedSchedule(definitions, request.params.name);
        await store.audit.write(actOf(request, wanted.flow));
        if (!(await act(wanted))) {
          // The file is newer than the last look at it.
          await gateway.putSchedule(wanted);
          await act(wanted);
        }
        return await shown(wanted);
      },
    );
  }
};
