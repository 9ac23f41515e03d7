import { AgentList, FlowDetail, FlowList } from '../contracts/found.ts';
import { ScheduleList } from '../contracts/run-detail.ts';
import { Schedule } from '../contracts/runs.ts';
import { type Once, once, type Signal } from './options.ts';
import type { Transport } from './transport.ts';

/** What the files declare, with their faults, and the schedules of flows. */
export type FlowsApi = {
  listFlows(options?: Signal): Promise<FlowList>;
  getFlow(name: string, options?: Signal): Promise<FlowDetail>;
  listAgents(options?: Signal): Promise<AgentList>;
  listSchedules(options?: Signal): Promise<ScheduleList>;
  pauseSchedule(flow: string, options?: Once): Promise<Schedule>;
  resumeSchedule(flow: string, options?: Once): Promise<Schedule>;
  /** As if its time had come. */
  triggerSchedule(flow: string, options?: Once): Promise<Schedule>;
};

export const flowsApi = ({ read }: Transport): FlowsApi => {
  const change =
    (verb: string) =>
    (flow: string, { signal, idempotencyKey }: Once = {}): Promise<Schedule> =>
      read(Schedule, {
        action: `${verb} the schedule of ${flow}`,
        method: 'POST',
        path: `/schedules/${encodeURIComponent(flow)}/${verb}`,
        body: {},
        headers: once(idempotencyKey),
        signal,
      });

  return {
    listFlows: ({ signal } = {}) => read(FlowList, { action: 'list flows', path: '/flows', signal }),
    getFlow: (name, { signal } = {}) =>
      read(FlowDetail, { action: `read flow ${name}`, path: `/flows/${encodeURIComponent(name)}`, signal }),
    listAgents: ({ signal } = {}) => read(AgentList, { action: 'list agents', path: '/agents', signal }),
    listSchedules: ({ signal } = {}) => read(ScheduleList, { action: 'list schedules', path: '/schedules', signal }),
    pauseSchedule: change('pause'),
    resumeSchedule: change('resume'),
    triggerSchedule: change('trigger'),
  };
};
