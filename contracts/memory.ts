import { z } from 'zod';
import { OneLine } from './one-line.ts';

export const memoryPlaces = ['project', 'personal'] as const;
export type MemoryPlace = (typeof memoryPlaces)[number];

export const Topic = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'expected at most 40 lower-case letters, digits and hyphens');
export const Title = OneLine.min(1).max(120);
export const Tag = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,38}$/, 'expected at most 39 lower-case letters, digits and hyphens');

/** What agents keep from session to session. `id`: its topic and the name of its file, `style/prefers-tabs`. */
export const Note = z.object({
  id: z.string(),
  place: z.enum(memoryPlaces),
  topic: Topic,
  title: Title,
  tags: z.array(Tag).max(10),
  created: z.iso.datetime(),
  updated: z.iso.datetime(),
  content: z.string(),
});
export type Note = z.infer<typeof Note>;

export const NoteList = z.object({
  notes: z.array(Note),
  /** Where the files are. */
  folders: z.record(z.enum(memoryPlaces), z.string()),
});
export type NoteList = z.infer<typeof NoteList>;

/** What a user may change of a note; its topic and its id stay. */
export const ChangeNote = z.strictObject({
  title: Title,
  tags: z.array(Tag).max(10),
  content: z.string().max(90_000),
});
export type ChangeNote = z.infer<typeof ChangeNote>;

/** The topic of the daily log: a note for each day, which grows by lines. */
export const logTopic = 'log';
