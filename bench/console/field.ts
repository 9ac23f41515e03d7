import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { startBrowser } from '../../ui/dev/browser.ts';
import { type DevServer, startDevServer } from '../../ui/dev/server.ts';
import type { Closing } from '../closing.ts';

export type Field = { browser: Browser; server: DevServer; dist: string };

/** The built console in Chromium, before an API in memory: what the console itself takes is measured, no server. */
export const openField = async (closing: Closing, progress: (line: string) => void): Promise<Field> => {
  const dist = await mkdtemp(path.join(tmpdir(), 'everturn-bench-console-'));
  closing.add(() => rm(dist, { recursive: true, force: true }));
  progress('building the console');
  const configFile = new URL('../../ui/vite.config.ts', import.meta.url).pathname;
  await build({ configFile, logLevel: 'error', build: { outDir: dist } });
  const server = await startDevServer({ pace: 0, dist: new URL(`file://${dist}/`) });
  closing.add(() => server.close());
  const { browser, close } = await startBrowser();
  closing.add(close);
  return { browser, server, dist };
};
