import { type Command, Option } from 'commander';
import { EverturnError } from '../../contracts/errors.ts';
import { type MemoryPlace, memoryPlaces, type Note } from '../../contracts/memory.ts';
import { openNotes } from '../../notes/notes.ts';
import { createPrint, type JsonOption } from '../output.ts';
import { printJson, runCommand } from '../run-command.ts';
import { harmless, styleOf } from '../screen/style.ts';
import { type Column, table } from '../screen/table.ts';
import { projectOf } from '../supervisor/ensure-up.ts';

type PlaceOptions = JsonOption & { place: MemoryPlace };

const place = () =>
  new Option('--place <where>', 'for this project, or for all your projects')
    .choices([...memoryPlaces])
    .default('project');

export const addMemory = (program: Command): void => {
  const memory = program
    .command('memory')
    .description('list, read and remove the notes that agents keep; needs no stack');
  memory
    .command('list', { isDefault: true })
    .description('list the notes of this project and your personal ones, with the folders of their files')
    .option('--json', 'one JSON line for each note')
    .action((options: JsonOption) => runCommand(options, async () => list(options)));
  memory
    .command('show <id>')
    .description('print a note')
    .addOption(place())
    .option('--json', 'as one JSON line')
    .action((id: string, options: PlaceOptions) => runCommand(options, async () => show(id, options)));
  memory
    .command('remove <id>')
    .description('remove a note')
    .addOption(place())
    .option('--json', 'as one JSON line')
    .action((id: string, options: PlaceOptions) => runCommand(options, async () => remove(id, options)));
};

const open = () => openNotes(projectOf({}));

const columns: Column<Note>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'PLACE', value: ({ place: where }) => where },
  { title: 'UPDATED', value: ({ updated }) => updated.slice(0, 10) },
  { title: 'TAGS', value: ({ tags }) => tags.join(' ') },
  { title: 'TITLE', value: ({ title }) => title },
];

const list = ({ json }: JsonOption): void => {
  const { list: all, folders } = open();
  const notes = all();
  if (json) for (const note of notes) printJson(note);
  else {
    if (notes.length > 0) process.stdout.write(`${table(columns, notes, styleOf(process.stdout))}\n`);
    else process.stderr.write('There are no notes yet\n');
    for (const where of memoryPlaces) process.stderr.write(harmless(`${where}: ${folders[where]}\n`));
  }
};

const notThere = (id: string, { place: where }: PlaceOptions, doing: string): EverturnError =>
  new EverturnError(
    'bad_request',
    `Cannot ${doing} the note ${id}: there is no such ${where} note. "everturn memory" lists them`,
  );

const show = (id: string, options: PlaceOptions): void => {
  const note = open().find(options.place, id);
  if (!note) throw notThere(id, options, 'show');
  if (options.json) printJson(note);
  else process.stdout.write(`${harmless(note.title)}\n\n${harmless(note.content)}\n`);
};

const remove = (id: string, options: PlaceOptions): void => {
  if (!open().remove(options.place, id)) throw notThere(id, options, 'remove');
  createPrint(options)(`Removed ${options.place} ${id}`, { type: 'removed', place: options.place, id });
};
