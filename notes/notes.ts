import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { EverturnError } from '../contracts/errors.ts';
import { type MemoryPlace, memoryPlaces, Note, Tag, Title } from '../contracts/memory.ts';
import { readYaml } from '../contracts/yaml.ts';
import { namesInSync } from '../files/names-in.ts';
import { conventionalFolder, homeFolder } from '../files/places.ts';
import { readTextBounded } from '../files/read-bounded.ts';

const maxBytes = 100_000;
const maxNotes = 2000;

export type MemoryFolders = Record<MemoryPlace, string>;

/**
 * Where notes are. Those of a project are not in it: what a clone brings must not become what agents remember.
 */
export const memoryFolders = (project: string): MemoryFolders => {
  let real = path.resolve(project);
  try {
    real = realpathSync(project);
  } catch {
    // The given path distinguishes it.
  }
  const key = `${path.basename(real).replaceAll(/[^\w.-]/g, '_')}-${createHash('sha256').update(real).digest('hex').slice(0, 12)}`;
  return {
    project: path.join(conventionalFolder('data'), 'memory', key),
    personal: path.join(homeFolder(), '.everturn', 'memory'),
  };
};

const Head = z.object({
  title: Title,
  tags: z.array(Tag).max(10).catch([]),
  created: z.iso.datetime(),
  updated: z.iso.datetime(),
});

const namesIn = (folder: string): string[] => {
  try {
    return namesInSync(folder, maxNotes)
      .names.filter((name) => !name.startsWith('.'))
      .toSorted();
  } catch {
    return [];
  }
};

/** A user may have written the file: without a head it has its file's name and time. */
const parse = (text: string, place: MemoryPlace, topic: string, stem: string, changed: Date): Note | null => {
  const [, head = '', body = text] = /^---\r?\n(.*?)\r?\n---\r?\n?(.*)$/s.exec(text) ?? [];
  const at = changed.toISOString();
  const value: unknown = head === '' ? {} : readYaml(head).value;
  const given = typeof value === 'object' && value !== null ? value : {};
  const read = Head.safeParse({ title: stem, tags: [], created: at, updated: at, ...given });
  const note = Note.safeParse({ ...read.data, id: `${topic}/${stem}`, place, topic, content: body.trim() });
  return note.data ?? null;
};

export const slugOf = (title: string): string =>
  title
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60) || createHash('sha256').update(title).digest('hex').slice(0, 12);

export type NewNote = Pick<Note, 'topic' | 'title' | 'tags' | 'content'>;

/** Notes as files of Markdown, one each, below a folder for each topic. People may edit them with any editor. */
export const openMemory = (folders: MemoryFolders, now: () => Date = () => new Date()) => {
  const fileOf = (place: MemoryPlace, id: string): string => {
    if (!/^[a-z0-9-]+\/[\w.-]+$/.test(id) || id.includes('..'))
      throw new EverturnError(
        'bad_request',
        `Cannot use the note ${JSON.stringify(id)}: expected a topic and a name, such as style/prefers-tabs`,
      );
    return path.join(folders[place], `${id}.md`);
  };

  /** Each request of each session asks for all titles: a file is read again when it has changed. */
  const known = new Map<string, { stamp: string; note: Note | null }>();

  const readFile = (place: MemoryPlace, topic: string, stem: string): Note | null => {
    const file = path.join(folders[place], topic, `${stem}.md`);
    try {
      const { mtime, mtimeMs, size, ino } = statSync(file);
      const stamp = `${mtimeMs} ${size} ${ino}`;
      const before = known.get(file);
      if (before?.stamp === stamp) return before.note;
      const note = parse(readTextBounded(file, { most: maxBytes, within: folders[place] }), place, topic, stem, mtime);
      known.set(file, { stamp, note });
      return note;
    } catch {
      known.delete(file);
      return null;
    }
  };

  const list = (): Note[] =>
    memoryPlaces.flatMap((place) =>
      namesIn(folders[place])
        .flatMap((topic) =>
          namesIn(path.join(folders[place], topic)).flatMap((name) =>
            name.endsWith('.md') ? (readFile(place, topic, name.slice(0, -3)) ?? []) : [],
          ),
        )
        .slice(0, maxNotes),
    );

  const find = (place: MemoryPlace, id: string): Note | null => {
    const [topic = '', stem = ''] = path
      .relative(folders[place], fileOf(place, id))
      .replace(/\.md$/, '')
      .split(path.sep);
    return readFile(place, topic, stem);
  };

  const write = (note: Note): void => {
    const file = fileOf(note.place, note.id);
    const { title, tags, created, updated, content } = note;
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const unfinished = `${file}.${process.pid}`;
    writeFileSync(unfinished, `---\n${stringify({ title, tags, created, updated })}---\n${content.trim()}\n`, {
      mode: 0o600,
    });
    renameSync(unfinished, file);
  };

  return {
    list,
    find,
    folders,
    /** One of the same topic and title is replaced. */
    save(place: MemoryPlace, { topic, title, tags, content }: NewNote): Note {
      const id = `${topic}/${slugOf(title)}`;
      const before = find(place, id);
      if (!before && list().length >= maxNotes)
        throw new EverturnError(
          'tool_failed',
          `there are ${maxNotes} notes already; remove notes that are no longer useful`,
        );
      const updated = now().toISOString();
      const note: Note = { id, place, topic, title, tags, content, created: before?.created ?? updated, updated };
      write(note);
      return note;
    },
    /** Undefined when there was none. Its topic, and so its id, stays. */
    change(place: MemoryPlace, id: string, { title, tags, content }: Omit<NewNote, 'topic'>): Note | undefined {
      const before = find(place, id);
      if (!before) return undefined;
      const note: Note = { ...before, title, tags, content: content.trim(), updated: now().toISOString() };
      write(note);
      return note;
    },
    /** False when there was none. */
    remove(place: MemoryPlace, id: string): boolean {
      const isThere = find(place, id) !== null;
      rmSync(fileOf(place, id), { force: true });
      return isThere;
    },
  };
};
export type Memory = ReturnType<typeof openMemory>;

/** The notes of a project and of its user, as agents keep them. */
export const openNotes = (project: string): Memory => openMemory(memoryFolders(project));
