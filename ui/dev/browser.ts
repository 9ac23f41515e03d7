import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type Browser, chromium } from 'playwright-core';

/** Chromium without the parts that make a window, where it is installed: it opens a page in a third of the time. */
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
      `Cannot test the console: there is no Chromium at ${chromiumPath}. Install it (on Debian: apt-get install chromium-headless-shell), or name it in CHROMIUM_PATH`,
      { cause },
    );
  }
};
