import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitOf } from '../../../runtime/child-exit.ts';
import type { Closing } from '../../closing.ts';

export const peersFolder = fileURLToPath(new URL('.', import.meta.url));
const stamp = path.join(peersFolder, 'node_modules', '.installed');
const maxOutput = 2_000;

const lockHash = (): string =>
  createHash('sha256')
    .update(readFileSync(path.join(peersFolder, 'package-lock.json')))
    .digest('hex');

const isInstalled = (): boolean => {
  try {
    return readFileSync(stamp, 'utf8') === lockHash();
  } catch {
    return false;
  }
};

/**
 * Installs the peers beside their lock file, unless exactly that is there. No package runs a script of its own.
 * Throws with the end of npm's output.
 */
export const installPeers = async (closing: Closing, progress: (line: string) => void): Promise<void> => {
  if (isInstalled()) return;
  progress('installing LangGraph and Restate into bench/capacity/peers, once; some 300 MB');
  const flags = ['ci', '--prefix', peersFolder, '--ignore-scripts', '--no-audit', '--no-fund'];
  let output = '';
  const { exited } = await closing.own(async () => {
    const child = spawn('npm', flags, { cwd: peersFolder, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-maxOutput);
      });
    }
    return { exited: exitOf(child), stop: async () => child.kill() };
  });
  const how = await exited;
  if (how !== 'exit code 0')
    throw new Error(`Cannot install with npm ci: it ended with ${how}. Its output ends:\n${output.trimEnd()}`);
  writeFileSync(stamp, lockHash());
};
