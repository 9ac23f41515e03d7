import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { moduleFile } from '../files/module-file.ts';
import { downloadedBinary } from './pinned.ts';

/** Longest time without a new byte: before the first one short, a machine without the network must not be kept waiting. */
const silenceMs = { atFirst: 8_000, later: 30_000 };

/**
 * Lets the SDK fetch the server it was released with, in a separate process, because it cannot be cancelled.
 * Resolves to null when it came, otherwise to why not.
 */
export const downloadTemporal = async (
  progress: (line: string) => void,
  signal: AbortSignal,
): Promise<string | null> => {
  const folder = path.dirname(downloadedBinary());
  const target = downloadedBinary();
  const child = fork(moduleFile(import.meta.dirname, 'download-process'), [folder], {
    execArgv: [],
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.on('data', (data: Buffer) => {
    said = (said + data.toString()).slice(-2000);
  });
  const exited = once(child, 'exit').then(
    ([code]) => (code === 0 ? null : (reasonIn(said) ?? `its process ended with ${code}`)),
    (error: Error) => error.message,
  );
  const watch = watchGrowth(`${target}.downloading`, progress);
  const givenUp = once(signal, 'abort').then(() => 'it was given up');
  const outcome = await Promise.race([exited, watch.stalled, givenUp]);
  watch.end();
  if (outcome !== null) endGroup(child.pid);
  await exited;
  if (outcome !== null) rmSync(`${target}.downloading`, { force: true });
  return outcome;
};

/** The child, and the server it starts to see that what it fetched works. */
const endGroup = (pid: number | undefined): void => {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
};

const watchGrowth = (file: string, progress: (line: string) => void) => {
  let size = 0;
  let grewAt = performance.now();
  let end = () => {};
  const limit = () => (size === 0 ? silenceMs.atFirst : silenceMs.later);
  const stalled = new Promise<string>((resolve) => {
    const timer = setInterval(() => {
      const now = sizeOf(file);
      if (now > size) {
        size = now;
        grewAt = performance.now();
        progress(`fetching Temporal: ${Math.round(size / 1e6)} MB`);
      } else if (performance.now() - grewAt > limit()) {
        resolve(`nothing came for ${limit() / 1000} s`);
      }
    }, 500);
    end = () => clearInterval(timer);
  });
  return { stalled, end };
};

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** The SDK's text nests the same cause several times: its first telling, without the query of the address. */
const reasonIn = (said: string): string | null => {
  const address = /error sending request for url \(([^?)]*)/.exec(said)?.[1];
  return address === undefined ? (/error: [^\n]*/i.exec(said)?.[0].slice(0, 200) ?? null) : `cannot reach ${address}`;
};
