import type { ApiClient } from '../../../client/api.ts';
import { newIdempotencyKey } from '../../../client/idempotency.ts';
import type { Requests } from '../../events.ts';
import { asError, notify, reportFailure, type Store } from '../../shell/effects/store.ts';
import type { OperatePage } from '../../shell/model/address.ts';
import type { Action } from '../../shell/state/actions.ts';
import type { PartName, PartValues } from '../model/parts.ts';
import { firstDay, readUsageChoice } from '../model/usage-query.ts';

type Readers = { [Name in PartName]: (api: ApiClient, search: string) => Promise<PartValues[Name]> };

const usage = (search: string): { from: string; by: string } => {
  const { by, days } = readUsageChoice(search);
  return { from: firstDay(days, new Date()), by };
};

const readers: Readers = {
  schedules: async (api) => (await api.listSchedules()).schedules,
  stack: (api) => api.getStack(),
  keys: async (api) => (await api.listKeys()).keys,
  settings: (api) => api.getSettings(),
  config: (api) => api.getConfig(),
  permissions: (api) => api.listPermissions(),
  tools: (api) => api.listTools(),
  skills: async (api) => (await api.listSkills()).skills,
  notes: (api) => api.listNotes(),
  agents: async (api) => (await api.listAgents()).agents,
  usageDays: (api, search) => api.usageReport({ by: 'day', from: usage(search).from }),
  usageRows: (api, search) => api.usageReport(usage(search)),
};

/** What each page needs. The rest of it is read all the same when one part fails. */
const partsOf: Record<OperatePage, readonly PartName[]> = {
  inbox: [],
  schedules: ['schedules'],
  usage: ['usageDays', 'usageRows', 'settings'],
  health: ['stack', 'keys'],
  settings: ['settings', 'config', 'permissions', 'tools', 'skills', 'notes'],
};
const healthEveryMs = 5_000;

export type PartEffects = {
  open(page: OperatePage | null, search: string): void;
  read(part: PartName): void;
  changeSchedule(request: Requests['change-schedule']): void;
  clearKey(name: string): void;
  removePermission(id: string): void;
  changeNote(request: Requests['change-note']): void;
  removeNote(request: Requests['remove-note']): void;
  downloadUsage(): void;
};

/** Reads and changes what the operator's pages show. */
export const createParts = (store: Store, save: (name: string, content: Blob) => void): PartEffects => {
  let search = '';
  let again: ReturnType<typeof setInterval> | undefined;

  const readOne = async <Name extends PartName>(part: Name, fresh: boolean): Promise<void> => {
    const asked = search;
    store.dispatch({ type: 'part-loading', part, fresh });
    try {
      const value = await readers[part](store.api(), asked);
      // An answer to an earlier choice comes too late.
      if (asked === search) store.dispatch({ type: 'part-read', part, value } as Action);
    } catch (cause) {
      const error = asError(cause);
      if (error.code === 'unauthorized') reportFailure(store, error);
      if (asked === search) store.dispatch({ type: 'part-failed', part, error });
    }
  };

  /** Does it, says so, and reads the part again. */
  const act = async (part: PartName, work: () => Promise<unknown>, done: string): Promise<void> => {
    try {
      await work();
      notify(store, 'info', done);
    } catch (cause) {
      reportFailure(store, cause);
    }
    await readOne(part, false);
  };

  return {
    open: (page, given) => {
      clearInterval(again);
      const isOther = given !== search;
      search = given;
      if (page === null) return;
      for (const part of partsOf[page]) void readOne(part, isOther && part.startsWith('usage'));
      if (page === 'health') again = setInterval(() => void readOne('stack', false), healthEveryMs);
    },
    read: (part) => void readOne(part, false),
    changeSchedule: ({ flow, verb }) => {
      const api = store.api();
      const [change, words] = {
        pause: [api.pauseSchedule, `The schedule of ${flow} is paused`] as const,
        resume: [api.resumeSchedule, `The schedule of ${flow} runs again`] as const,
        trigger: [api.triggerSchedule, `${flow} was started as if its time had come`] as const,
      }[verb];
      void act('schedules', () => change(flow, { idempotencyKey: newIdempotencyKey() }), words);
    },
    clearKey: (name) => void act('keys', () => store.api().clearKey(name), `The key ${name} is asked again`),
    removePermission: (id) =>
      void act('permissions', () => store.api().removePermission(id), 'The permission was removed'),
    changeNote: ({ place, id, ...note }) =>
      void act('notes', () => store.api().changeNote({ place, id }, note), 'The note was saved'),
    removeNote: (note) => void act('notes', () => store.api().removeNote(note), 'The note was deleted'),
    downloadUsage: () => {
      const { by, from } = usage(search);
      store
        .api()
        .usageCsv({ by, from })
        .then((csv) => save(`usage-by-${by}-from-${from}.csv`, csv))
        .catch((cause: unknown) => reportFailure(store, cause));
    },
  };
};
