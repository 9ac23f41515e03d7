import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'vite';
import { inject } from 'vitest';

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

const isFirst = (folder: string): Promise<boolean> =>
  mkdir(folder).then(
    () => true,
    (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EEXIST') return false;
      throw cause;
    },
  );

/** Returns the folder of the built console. The first test file that asks builds it; the others wait. Throws if the build fails. */
export const builtConsole = async (): Promise<string> => {
  const folder = inject('consoleFolder');
  const dist = path.join(folder, 'dist');
  const [done, failed] = ['done', 'failed'].map((name) => path.join(folder, name)) as [string, string];
  if (await isFirst(folder)) {
    const configFile = new URL('../vite.config.ts', import.meta.url).pathname;
    try {
      await build({ configFile, logLevel: 'error', build: { outDir: dist } });
    } catch (cause) {
      await writeFile(failed, '');
      throw cause;
    }
    await writeFile(done, '');
  }
  while (!(await exists(done))) {
    if (await exists(failed))
      throw new Error('Cannot test the console: its build failed in another test file, whose error tells why');
    await delay(100);
  }
  return dist;
};
