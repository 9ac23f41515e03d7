import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import type { Project } from './project.ts';

const everturn = path.join(import.meta.dirname, '..', '..', 'cli', 'everturn.js');

/** Starts `everturn …` as a terminal would; what it prints goes to a file. */
export const startCommand = ({ folder, env }: Project, args: readonly string[], log: string): ChildProcess => {
  const output = openSync(log, 'a');
  const child = spawn(process.execPath, [everturn, ...args], {
    cwd: folder,
    env,
    // A process group of its own: the demo's Ctrl-C first cleans up.
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  return child;
};

export type CommandEnd = { code: number | null; output: string };

/** Runs `everturn …` to its end. */
export const runCommand = ({ folder, env }: Project, args: readonly string[]): Promise<CommandEnd> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [everturn, ...args], {
      cwd: folder,
      env: { ...env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
