import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { defineTool, z } from 'everturn/tools';

const skipped = ['node_modules', '.git', '.everturn'];

const filesBelow = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true });
  const below = entries
    .filter(({ name }) => !skipped.includes(name))
    .map((entry) => {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(file);
      return entry.isFile() ? [file] : [];
    });
  return (await Promise.all(below)).flat();
};

export default defineTool({
  name: 'find_duplicates',
  description:
    'Finds files with the same content below a folder of the workspace. Use it before you delete or merge files.',
  input: z.object({
    folder: z.string().default('.').describe('Relative to the workspace'),
    smallest: z.int().min(1).default(1).describe('Ignore files with fewer bytes'),
  }),
  // It only reads: a call that a crash cut off runs again, and nobody is asked.
  effect: 'pure',
  permission: 'read',
  seconds: 60,
  async run({ folder, smallest }, { workspace, signal, log }) {
    const start = path.resolve(workspace, folder);
    const isInside = start === workspace || start.startsWith(workspace + path.sep);
    // What a tool throws is the error that the model reads.
    if (!isInside) throw new Error(`${folder} is outside the workspace; name a folder in it`);

    const files = await filesBelow(start);
    log(`Comparing ${files.length} files`);
    const groups = new Map<string, string[]>();
    for (const file of files) {
      signal.throwIfAborted();
      if ((await stat(file)).size < smallest) continue;
      const hash = createHash('sha256')
        .update(await readFile(file))
        .digest('hex');
      groups.set(hash, [...(groups.get(hash) ?? []), path.relative(workspace, file)]);
    }
    const duplicates = [...groups.values()].filter((group) => group.length > 1).map((group) => group.sort());
    return { compared: files.length, duplicates: duplicates.sort() };
  },
});
