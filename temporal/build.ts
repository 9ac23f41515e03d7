import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { isWritable } from '../files/places.ts';
import { machineProgram } from '../files/programs.ts';
import { lockHolder, takeLock } from '../runtime/lock.ts';
import { isExecutable } from './locate.ts';
import { builtBinary, mainPackage, moduleFolder } from './pinned.ts';

const reportEveryMs = 5_000;

/**
 * Builds the pinned server into the cache: minutes at the first time. One start builds, another one waits for it.
 * Resolves to null when it is there, otherwise to why not.
 */
export const buildTemporal = async (progress: (line: string) => void, signal: AbortSignal): Promise<string | null> => {
  const go = machineProgram('go');
  if (go === null) return 'Go, which would build it, is not on PATH';
  const target = builtBinary();
  mkdirSync(path.dirname(target), { recursive: true });
  while (!signal.aborted) {
    const lock = takeLock(`${target}.lock`);
    if (lock.holder === null) {
      try {
        return isExecutable(target) ? null : await build({ go, target, progress, signal });
      } finally {
        lock.release();
      }
    }
    progress(`waiting for process ${lock.holder.pid}, which is building Temporal`);
    while (lockHolder(`${target}.lock`) && !signal.aborted) await delay(500);
  }
  return 'it was given up';
};

type Build = { go: string; target: string; progress(line: string): void; signal: AbortSignal };

const build = async ({ go, target, progress, signal }: Build): Promise<string | null> => {
  const unfinished = `${target}.${process.pid}.unfinished`;
  // -v names each package as it is compiled: the only sign of life of a build of minutes.
  const flags = ['build', '-C', moduleFolder, '-v', '-trimpath', '-ldflags=-s -w', '-o', unfinished, mainPackage];
  const env = { ...goFolders(path.dirname(target)), ...process.env, CGO_ENABLED: '0' };
  const child = spawn(go, flags, { env, signal, stdio: ['ignore', 'ignore', 'pipe'] });
  const report = reporter(progress);
  createInterface({ input: child.stderr }).on('line', report.line);
  const [code] = (await once(child, 'close').catch((error: Error) => [error.message])) as [number | string];
  report.end();
  if (code === 0) renameSync(unfinished, target);
  else rmSync(unfinished, { force: true });
  return code === 0 ? null : `"go build" ended with ${code}: ${report.last()}`;
};

/** Go keeps modules and compiled packages in the home folder by default; not every user has one. */
const goFolders = (cache: string): NodeJS.ProcessEnv =>
  process.env.HOME && isWritable(process.env.HOME)
    ? {}
    : { GOPATH: path.join(cache, 'go'), GOCACHE: path.join(cache, 'go-build') };

const reporter = (progress: (line: string) => void) => {
  const started = performance.now();
  let fetched = 0;
  let compiled = 0;
  let last = '';
  const tell = () => {
    const seconds = Math.round((performance.now() - started) / 1000);
    progress(
      `building Temporal with Go, once, which takes some minutes: ${seconds} s, ${fetched} modules fetched, ${compiled} packages compiled`,
    );
  };
  const timer = setInterval(tell, reportEveryMs);
  tell();
  return {
    line: (text: string) => {
      last = text;
      if (text.startsWith('go: downloading')) fetched++;
      else compiled++;
    },
    last: () => last,
    end: () => clearInterval(timer),
  };
};
