import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

const main = path.join(import.meta.dirname, '..', 'main.ts');

export type CliRun = {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Resolves once the text has come on that stream; rejects when the command ends without it. */
  saw(stream: 'stdout' | 'stderr', text: string): Promise<void>;
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
};

export type CliOptions = {
  env?: Record<string, string | undefined>;
  /** Given on standard input, which ends after it. Default: nothing, at once. */
  input?: string;
};

/** Starts the real command in a process of its own. */
export const startCli = (args: readonly string[], { env = {}, input }: CliOptions = {}): CliRun => {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  let watchers: (() => void)[] = [];
  const look = (): void => {
    for (const watcher of watchers) watcher();
  };
  let isOver = false;
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (piece: string) => {
      texts[name] += piece;
      look();
    });
  }
  child.stdin?.end(input);
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      isOver = true;
      look();
      resolve({ code, ...texts });
    });
  });
  const saw = (stream: 'stdout' | 'stderr', text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const watcher = (): void => {
        const isHere = texts[stream].includes(text);
        if (!isHere && !isOver) return;
        watchers = watchers.filter((other) => other !== watcher);
        if (isHere) resolve();
        else reject(new Error(`"${text}" never came on ${stream}: ${JSON.stringify(texts)}`));
      };
      watchers.push(watcher);
      watcher();
    });
  return { child, stdout: () => texts.stdout, stderr: () => texts.stderr, saw, ended };
};

export const jsonLines = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
