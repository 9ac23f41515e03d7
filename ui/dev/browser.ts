import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type Browser, chromium } from 'playwright-core';

/** Chromium without a user interface, if it is installed: it opens a page in less than half the time. */
const headlessShell = '/usr/bin/chromium-headless-shell';
export const chromiumPath =
  process.env.CHROMIUM_PATH ?? (existsSync(headlessShell) ? headlessShell : '/usr/bin/chromium');
const args =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --renderer-process-limit=4'.split(
    ' ',
  );

export type TestBrowser = { browser: Browser; close(): Promise<void> };

/** Starts the system's Chromium without a window. Throws where there is none: the console would go untested. */
export const startBrowser = async (): Promise<TestBrowser> => {
  const artifactsDir = await mkdtemp(`${process.env.TMPDIR ?? '/tmp'}/everturn-console-`);
  const remove = (): Promise<void> => rm(artifactsDir, { recursive: true, force: true });
  try {
    const browser = await chromium.launch({ executablePath: chromiumPath, args, headless: true, artifactsDir });
    return { browser, close: () => browser.close().then(remove) };
  } catch (cause) {
    await remove();
    if (!/executable doesn't exist/i.test(String(cause))) throw cause;
    throw new Error(
      `Cannot test the console: Chromium was not found at ${chromiumPath}. Install it (on Debian: apt-get install chromium-headless-shell) or set CHROMIUM_PATH to its path`,
      { cause },
    );
  }
};
