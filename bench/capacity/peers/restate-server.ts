import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { exitOf } from '../../../runtime/child-exit.ts';
import { lastLines } from '../../../runtime/log-file.ts';
import { freePort } from '../../../runtime/ports.ts';
import { endProcess, identify } from '../../../runtime/processes.ts';
import { peersFolder } from './install.ts';

export type RunningRestate = { pid: number; ingressUrl: string; adminUrl: string; stop(): Promise<unknown> };

const readyMs = 60_000;

const findBinary = (): string => {
  const platform = `${process.platform}-${process.arch}`;
  const binary = path.join(peersFolder, 'node_modules/@restatedev', `restate-server-${platform}`, 'bin/restate-server');
  if (!existsSync(binary)) throw new Error(`npm has no Restate server for ${platform}`);
  return binary;
};

const answers = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
};

/** One node with the settings that Restate ships, all its data in a folder of its own. */
export const startRestate = async (folder: string): Promise<RunningRestate> => {
  const binary = findBinary();
  const [fabric, ingress, admin] = [await freePort(), await freePort(), await freePort()];
  const log = path.join(folder, 'restate.log');
  const output = openSync(log, 'a', 0o600);
  const child = spawn(binary, ['--no-logo'], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', output, output],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      RESTATE_BASE_DIR: path.join(folder, 'restate'),
      RESTATE_LISTEN_MODE: 'tcp',
      RESTATE_BIND_IP: '127.0.0.1',
      RESTATE_ADVERTISED_HOST: '127.0.0.1',
      RESTATE_BIND_PORT: String(fabric),
      RESTATE_INGRESS__BIND_PORT: String(ingress),
      RESTATE_ADMIN__BIND_PORT: String(admin),
      RESTATE_LOG_FILTER: 'warn',
      RESTATE_DISABLE_TELEMETRY: 'true',
    },
  });
  closeSync(output);
  const exited = exitOf(child);
  const identity = child.pid === undefined ? null : identify(child.pid);
  const stop = async (): Promise<void> => {
    if (!identity) return;
    await endProcess(identity, [
      { signal: 'SIGTERM', waitMs: 10_000 },
      { signal: 'SIGKILL', waitMs: 5_000 },
    ]);
  };
  const [ingressUrl, adminUrl] = [`http://127.0.0.1:${ingress}`, `http://127.0.0.1:${admin}`];
  let ended: string | null = null;
  const untilEnded = exited.then((how) => {
    ended = how;
  });
  const deadline = performance.now() + readyMs;
  while (!((await answers(`${ingressUrl}/restate/health`)) && (await answers(`${adminUrl}/health`)))) {
    if (ended === null && performance.now() < deadline) await Promise.race([delay(100), untilEnded]);
    else {
      await stop();
      const what = ended === null ? `it did not answer within ${readyMs / 1000} s` : `it ended with ${ended}`;
      throw new Error(`Cannot start Restate: ${what}. Its log ends with:\n${lastLines(log, 12)}`);
    }
  }
  return { pid: child.pid ?? 0, ingressUrl, adminUrl, stop };
};
