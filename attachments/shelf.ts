import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Output, outputs } from './reading/job.ts';

const incoming = 'incoming';

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

const ageOf = async (file: string): Promise<number> => {
  const stats = await stat(file).catch(() => null);
  return stats ? Date.now() - stats.mtimeMs : 0;
};

/** The folder that holds the bytes: `ab/abcd…/content`, with what was made of it beside it. */
export const openShelf = (folder: string) => {
  const placeOf = (id: string): string => path.join(folder, id.slice(0, 2), id);
  const fileOf = (id: string, output: Output): string => path.join(placeOf(id), output);

  return {
    /** A folder for one that arrives. The caller removes it. */
    async arrival(): Promise<string> {
      await mkdir(path.join(folder, incoming), { recursive: true, mode: 0o700 });
      return await mkdtemp(path.join(folder, incoming, 'a-'));
    },

    /** Moves what was made in `from` into its place. What is there already is replaced by the same. May be repeated. */
    async put(id: string, from: string): Promise<void> {
      await mkdir(placeOf(id), { recursive: true, mode: 0o700 });
      // The content last: where it is, all is.
      for (const output of outputs.toReversed())
        await rename(path.join(from, output), fileOf(id, output)).catch((error: unknown) => {
          if (!isMissing(error)) throw error;
        });
    },

    async remove(id: string): Promise<void> {
      await rm(placeOf(id), { recursive: true, force: true });
    },

    /** Null if there is none. */
    async read(id: string, output: Output): Promise<Buffer | null> {
      try {
        return await readFile(fileOf(id, output));
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },

    /** To be read piece by piece. Null if there is none. */
    async open(id: string, output: Output): Promise<{ bytes: number; stream: NodeJS.ReadableStream } | null> {
      const file = fileOf(id, output);
      try {
        const { size } = await stat(file);
        return { bytes: size, stream: createReadStream(file) };
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },

    /** Remains of abandoned uploads older than `ms`. */
    async sweepArrivals(ms: number): Promise<void> {
      const place = path.join(folder, incoming);
      const names = await readdir(place).catch(() => []);
      for (const name of names) {
        if ((await ageOf(path.join(place, name))) > ms)
          await rm(path.join(place, name), { recursive: true, force: true });
      }
    },

    /** The ids of which there are files that are older than `ms`, folder by folder. */
    async *old(ms: number): AsyncGenerator<string[]> {
      const names = await readdir(folder).catch(() => []);
      for (const name of names.filter((one) => /^[0-9a-f]{2}$/.test(one))) {
        const ids = (await readdir(path.join(folder, name))).filter((id) => /^[0-9a-f]{64}$/.test(id));
        const ages = await Promise.all(ids.map((id) => ageOf(placeOf(id))));
        yield ids.filter((_, index) => (ages[index] ?? 0) > ms);
      }
    },
  };
};
