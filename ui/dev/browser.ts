import { mkdtemp, rm } from 'node:fs/promises';
import { type Browser, chromium } from 'playwright-core';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const args =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'.split(
    ' ',
  );

export type TestBrowser = { browser: Browser; close(): Promise<void> };

/** Starts the system's Chromium without a window. Null where there is none. */
export const startBrowser = async (): Promise<TestBrowser | null> => {
  const artifactsDir = await mkdtemp(`${process.env.TMPDIR ?? '/tmp'}/everturn-console-`);
  const remove = (): Promise<void> => rm(artifactsDir, { recursive: true, force: true });
  try {
    const browser = await chromium.launch({ executablePath, args, headless: true, artifactsDir });
    return { browser, close: () => browser.close().then(remove) };
  } catch (cause) {
    await remove();
    if (String(cause).includes("Executable doesn't exist")) return null;
    throw cause;
  }
};
