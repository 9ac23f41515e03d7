import { type ChangeNote, Note, NoteList } from '../contracts/memory.ts';
import { Settings } from '../contracts/settings.ts';
import { SkillList } from '../contracts/skills.ts';
import { StackReport } from '../contracts/stack.ts';
import { WorkCounts } from '../contracts/work.ts';
import type { Signal } from './options.ts';
import type { Transport } from './transport.ts';

export type StackApi = {
  /** Processes, workers, queues, disks and how far this API is behind the log of events. */
  getStack(options?: Signal): Promise<StackReport>;
  /** How much runs, waits and failed. */
  getCounts(options?: Signal): Promise<WorkCounts>;
  /** The configuration that is in use, and where each value comes from. Secrets are masked. */
  getSettings(options?: Signal): Promise<Settings>;
  listSkills(options?: Signal): Promise<SkillList>;
  listNotes(options?: Signal): Promise<NoteList>;
  /** Throws `note_not_found`. */
  changeNote(note: Pick<Note, 'place' | 'id'>, body: ChangeNote, options?: Signal): Promise<Note>;
  /** Throws `note_not_found`. */
  removeNote(note: Pick<Note, 'place' | 'id'>, options?: Signal): Promise<void>;
};

const pathOf = ({ place, id }: Pick<Note, 'place' | 'id'>): string =>
  `/memory/${place}/${id.split('/').map(encodeURIComponent).join('/')}`;

export const stackApi = ({ read, send }: Transport): StackApi => ({
  getStack: ({ signal } = {}) => read(StackReport, { action: 'read the state of the stack', path: '/stack', signal }),
  getCounts: ({ signal } = {}) => read(WorkCounts, { action: 'count what runs and waits', path: '/counts', signal }),
  getSettings: ({ signal } = {}) => read(Settings, { action: 'read the settings', path: '/settings', signal }),
  listSkills: ({ signal } = {}) => read(SkillList, { action: 'list skills', path: '/skills', signal }),
  listNotes: ({ signal } = {}) => read(NoteList, { action: 'list notes', path: '/memory', signal }),
  changeNote: (note, body, { signal } = {}) =>
    read(Note, { action: `change the note ${note.id}`, method: 'PATCH', path: pathOf(note), body, signal }),
  removeNote: async (note, { signal } = {}) => {
    await send({ action: `remove the note ${note.id}`, method: 'DELETE', path: pathOf(note), signal });
  },
});
