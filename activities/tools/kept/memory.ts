import { z } from 'zod';
import { logTopic, memoryPlaces, type Note, Tag, Title, Topic } from '../../../contracts/memory.ts';
import { type Memory, slugOf } from '../../../notes/notes.ts';
import { defineTool, ok } from '../define.ts';
import { failed } from '../failed.ts';
import { plainText } from '../mcp/plain-text.ts';
import type { Tool } from '../tool.ts';

const maxTitles = 100;
const maxContent = 20_000;
const maxShown = 4000;

const NotePlace = z
  .enum(memoryPlaces)
  .default('project')
  .describe('project: for this folder; personal: for the user, in every project');
const Id = z.string().min(1).max(200).describe('Such as style/prefers-tabs');

/** A note that is about to become too long loses no word: it has to be split. */
const checkLength = (content: string): void => {
  if (content.length > maxContent)
    throw failed(
      `its content has ${content.length} characters: expected at most ${maxContent}; split it into several notes`,
    );
};

const titleLine = ({ id, place, title }: Note): string => `- ${place} ${id}: ${plainText(title, 120)}`;

/** The titles that a session begins with: a note that comes later is found by the search, and leaves the prompt as it is. */
export const titlesFor = (notes: readonly Note[], createdAt: string): string => {
  const known = notes.filter(
    ({ created, topic }) => topic !== logTopic && Date.parse(created) <= Date.parse(createdAt),
  );
  const newest = known.toSorted((a, b) => (a.created < b.created ? 1 : -1)).slice(0, maxTitles);
  const more = known.length > newest.length ? [`and ${known.length - newest.length} older ones`] : [];
  return [...newest.map(titleLine).toSorted(), ...more].join('\n');
};

const show = (note: Note): string => {
  const { id, place, title, tags, updated, content } = note;
  const cut =
    content.length > maxShown
      ? `${content.slice(0, maxShown)}\n[${content.length - maxShown} more characters: ask for this note alone]`
      : content;
  return [
    `## ${place} ${id}: ${title}`,
    `${[...tags.map((tag) => `#${tag}`), updated.slice(0, 10)].join(' ')}`,
    cut,
  ].join('\n');
};

const wordsOf = (query: string): string[] => query.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 20);

const scoreOf = ({ title, tags, content, topic }: Note, words: readonly string[]): number => {
  const [head, body] = [`${topic} ${title} ${tags.join(' ')}`.toLowerCase(), content.toLowerCase()];
  return words.reduce((sum, word) => sum + (head.includes(word) ? 3 : 0) + (body.includes(word) ? 1 : 0), 0);
};

export const createMemoryTools = (memory: Memory): readonly Tool[] => {
  const save = defineTool({
    name: 'save_memory',
    description:
      'Keep a note for later sessions: what the user wants, what was decided, what was hard to find out. Not what the files say. A note of the same topic and title is replaced. Topic "log" adds a line to the log of today.',
    parameters: z.strictObject({
      place: NotePlace,
      topic: Topic.describe('Such as style, deploy, people'),
      title: Title.optional().describe(
        'One line that says what it is about; it is all that later sessions see at first. Not for the log',
      ),
      content: z.string().min(1),
      tags: z.array(Tag).max(10).default([]),
    }),
    effect: 'idempotent',
    permission: 'write',
    doing: ({ topic, title = 'today' }) => `save the note ${topic}/${slugOf(title)}`,
    run({ place, topic, title, content, tags }, { idempotencyKey }) {
      if (topic !== logTopic && title === undefined)
        throw failed('it has no title; give one line that says what it is about');
      if (topic !== logTopic) {
        checkLength(content);
        const { id } = memory.save(place, { topic, title: title ?? '', tags, content });
        return Promise.resolve(ok(`Saved as ${place} ${id}.`));
      }
      const today = new Date().toISOString();
      const day = today.slice(0, 10);
      const before = memory.find(place, `${logTopic}/${day}`)?.content ?? '';
      // The same call may run again.
      const mark = `<!-- ${idempotencyKey} -->`;
      const line = `- ${today.slice(11, 16)} UTC ${plainText(content, 2000).replaceAll('\n', ' ')} ${mark}`;
      const grown = before.includes(mark) ? before : `${before}\n${line}`.trim();
      checkLength(grown);
      memory.save(place, { topic, title: day, tags, content: grown });
      return Promise.resolve(ok(`Added to the log of ${day}.`));
    },
  });

  const search: Tool = {
    ...defineTool({
      name: 'search_memory',
      description: 'Find notes of earlier sessions by words, topic or tag, and read them; by id, one of them whole.',
      parameters: z.strictObject({
        query: z.string().max(500).optional().describe('Words that the note has'),
        id: Id.optional(),
        topic: Topic.optional(),
        tag: Tag.optional(),
        count: z.int().min(1).max(50).default(5),
      }),
      effect: 'pure',
      permission: 'read',
      isQuick: true,
      doing: () => 'search the notes',
      run({ query = '', id, topic, tag, count }) {
        const words = wordsOf(query);
        const found = memory
          .list()
          .filter(
            (note) =>
              (id === undefined || note.id === id) &&
              (topic === undefined || note.topic === topic) &&
              (tag === undefined || note.tags.includes(tag)),
          )
          .map((note) => ({ note, score: scoreOf(note, words) }))
          .filter(({ score }) => words.length === 0 || score > 0)
          .toSorted((a, b) => b.score - a.score || (a.note.updated < b.note.updated ? 1 : -1))
          .map(({ note }) => note);
        if (found.length === 0) return Promise.resolve(ok('[No note fits]'));
        const [only] = found;
        if (id !== undefined && only)
          return Promise.resolve(ok([show({ ...only, content: '' }).trimEnd(), only.content].join('\n')));
        const rest = found.slice(count);
        const more = rest.length === 0 ? [] : [`[${rest.length} more]\n${rest.slice(0, 50).map(titleLine).join('\n')}`];
        return Promise.resolve(ok([...found.slice(0, count).map(show), ...more].join('\n\n')));
      },
    }),
    source: 'memory',
    describeFor: (createdAt) => {
      const titles = titlesFor(memory.list(), createdAt);
      return `Find notes of earlier sessions by words, topic or tag, and read them; by id, one of them whole.${titles === '' ? '' : `\nNotes when this session began:\n${titles}`}`;
    },
  };

  const manage = defineTool({
    name: 'manage_memory',
    description: 'Remove a note that is wrong or no longer useful, or move it to another topic or title.',
    parameters: z.strictObject({
      action: z.enum(['remove', 'move']),
      place: NotePlace,
      id: Id,
      topic: Topic.optional().describe('Of move: the new one'),
      title: Title.optional().describe('Of move: the new one'),
    }),
    effect: 'idempotent',
    permission: 'write',
    doing: ({ action, id }) => `${action} the note ${id}`,
    run({ action, place, id, topic, title }) {
      const note = memory.find(place, id);
      if (!note) throw failed(`there is no such ${place} note; search_memory finds them`);
      if (action === 'remove') memory.remove(place, id);
      if (action === 'remove') return Promise.resolve(ok(`Removed ${place} ${id}.`));
      const moved = memory.save(place, { ...note, topic: topic ?? note.topic, title: title ?? note.title });
      if (moved.id !== id) memory.remove(place, id);
      return Promise.resolve(ok(`Moved to ${place} ${moved.id}.`));
    },
  });
  return [manage, save, search];
};
