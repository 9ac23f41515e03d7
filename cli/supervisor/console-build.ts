import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { openLog } from '../../files/open-log.ts';
import { isWritable } from '../../files/places.ts';
import { exitOf } from '../../runtime/child-exit.ts';
import { plainOf } from './child-environment.ts';

const sources = ['ui', 'contracts', 'client'];
const isSource = (name: string): boolean => !/^dist(\/|$)|node_modules|\.test\.ts$/.test(name);

const hashSources = (root: string): string => {
  const hash = createHash('sha256').update(readFileSync(path.join(root, 'package-lock.json')));
  for (const folder of sources) {
    const entries = readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
    for (const file of files.toSorted()) {
      const name = path.relative(path.join(root, folder), file);
      if (isSource(name)) hash.update(name).update(readFileSync(file));
    }
  }
  return hash.digest('hex');
};

const viteProgram = (root: string): string | null => {
  try {
    const manifest = createRequire(path.join(root, 'package.json')).resolve('vite/package.json');
    return path.join(path.dirname(manifest), 'bin', 'vite.js');
  } catch {
    return null;
  }
};

export type ConsoleBuild = 'current' | 'built' | 'failed' | 'no-builder';

/** `ui/dist` of `root`, or the folder instead where that cannot be written and holds no console. */
export const consoleFolderOf = (root: string, instead: string): string => {
  const dist = path.join(root, 'ui', 'dist');
  return isWritable(dist) || existsSync(path.join(dist, 'index.html')) ? dist : instead;
};

/** Builds the console of `root` into `dist` when its sources are not those that are built. Never throws. */
export const buildConsole = async (root: string, dist: string, log: string): Promise<ConsoleBuild> => {
  const stamp = path.join(dist, '.sources');
  const vite = viteProgram(root);
  // An installation without the tools, or without the sources, has what was built when it was made.
  if (vite === null || !existsSync(path.join(root, 'ui', 'main.ts')))
    return existsSync(path.join(dist, 'index.html')) ? 'current' : 'no-builder';
  try {
    const hash = hashSources(root);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return 'current';
    const output = openLog(log);
    const child = spawn(
      process.execPath,
      [vite, 'build', 'ui', '--configLoader', 'native', '--outDir', dist, '--emptyOutDir'],
      {
        cwd: root,
        env: plainOf(process.env),
        stdio: ['ignore', output, output],
      },
    );
    closeSync(output);
    if ((await exitOf(child)) !== 'exit code 0') return 'failed';
    writeFileSync(stamp, hash);
    return 'built';
  } catch {
    return 'failed';
  }
};
