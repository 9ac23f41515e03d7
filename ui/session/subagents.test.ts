import { mkdtemp, rm } from 'node:fs/promises';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startBrowser } from '../dev/browser.ts';
import { type DevServer, startDevServer } from '../dev/server.ts';

const started = await startBrowser();

describe('background agents in the console', () => {
  const { browser } = started;
  let dist: string;
  let server: DevServer;
  let page: Page;

  beforeAll(async () => {
    dist = await mkdtemp(`${process.env.TMPDIR ?? '/tmp'}/everturn-console-`);
    const configFile = new URL('../vite.config.ts', import.meta.url).pathname;
    await build({ configFile, logLevel: 'error', build: { outDir: dist } });
  }, 60_000);
  afterEach(async () => {
    await page.context().close();
    await server.close();
  });
  afterAll(async () => {
    await started.close();
    await rm(dist, { recursive: true, force: true });
  });

  const open = async (path: (server: DevServer) => string, options: BrowserContextOptions = {}): Promise<void> => {
    server = await startDevServer({ pace: 1, dist: new URL(`file://${dist}/`) });
    const context = await browser.newContext(options);
    page = await context.newPage();
    await page.goto(`${server.url}${path(server)}#token=${server.token}`);
  };
  const row = (label: string) => page.locator('ev-subagents li').filter({ hasText: label });

  test('are counted, listed for the open session and for all, and cancelled, by keyboard', async () => {
    let other = '';
    await open(({ harbour, crew }) => {
      const { id } = harbour.create({ title: 'Mine' });
      other = harbour.create({ title: 'Of another' }).id;
      const child = harbour.create({ title: 'Read the docs', parentId: id });
      crew.spawn(id, 'Read the docs', { sessionId: child.id });
      crew.spawn(id, 'Wait for it', { status: 'queued', ahead: 1, startedAt: null });
      crew.spawn(id, 'Broke', {
        status: 'crashed',
        code: 'subagent_crashed',
        reason: 'Its workflow is gone',
        endedAt: new Date().toISOString(),
      });
      crew.spawn(other, 'Elsewhere');
      return `/s/${id}`;
    });
    await page.getByLabel('3 running').waitFor();
    await page.keyboard.press('b');
    await row('Read the docs').getByText('running').waitFor();
    await row('Wait for it').getByText('1 before it').waitFor();
    await row('Broke').getByText('Its workflow is gone').waitFor();
    expect(await row('Elsewhere').count()).toBe(0);
    await page.getByRole('button', { name: 'All sessions' }).focus();
    await page.keyboard.press('Enter');
    await row('Elsewhere').getByRole('link', { name: 'Of another' }).waitFor();
    await page.getByRole('button', { name: 'Cancel Wait for it' }).focus();
    await page.keyboard.press('Enter');
    await row('Wait for it').getByText('cancelling').waitFor();
    expect(await row('Broke').getByRole('button').count()).toBe(0);
    await row('Read the docs').getByRole('link', { name: 'Open' }).click();
    await page.getByText('background agent of').waitFor();
    await page.getByRole('link', { name: /^session s/ }).click();
    await page.getByRole('heading', { name: 'Mine' }).waitFor();
  });

  test('one that ends is told in the page, once, and in the browser where that is allowed', async () => {
    let id = '';
    await open(
      ({ harbour, crew }) => {
        id = harbour.create({ title: 'Mine' }).id;
        crew.spawn(id, 'Old', { status: 'completed', endedAt: new Date().toISOString() });
        crew.spawn(id, 'Count');
        return '/';
      },
      { permissions: ['notifications'] },
    );
    await page.getByLabel('1 running').waitFor();
    await page.evaluate(() => {
      const shown: string[] = [];
      const fake = class {
        static readonly permission = 'granted';
        onclick: (() => void) | null = null;
        constructor(_: string, { body }: { body: string }) {
          shown.push(body);
        }
        close() {}
      };
      Object.assign(globalThis, { Notification: fake, shown });
      document.hasFocus = () => false;
    });
    server.crew.set('a_2', { status: 'completed', endedAt: new Date().toISOString() });
    await page.getByRole('status').getByText('Background agent “Count” has completed').waitFor();
    server.crew.set('a_2', {});
    await page.getByRole('button', { name: /^Background agents/ }).click();
    await page.getByText('You are notified when one ends').waitFor();
    expect(await page.locator('ev-notices .notice').count()).toBe(1);
    expect(await page.evaluate(() => (globalThis as unknown as { shown: string[] }).shown)).toEqual([
      'Background agent “Count” has completed',
    ]);
    expect(await page.getByLabel('1 running').count()).toBe(0);
  });

  test('the browser is asked only when a person says so', async () => {
    await open(() => '/');
    await page.evaluate(() => {
      // As a browser does: the answer is its permission from then on, which the list is shown with when it is read again.
      const asking = {
        permission: 'default',
        async requestPermission() {
          asking.permission = 'denied';
          return asking.permission;
        },
      };
      Object.assign(globalThis, { Notification: asking });
    });
    server.harbour.create({ title: 'Anything' });
    await page.getByRole('button', { name: /^Background agents/ }).click();
    await page.getByText('There are none yet.').waitFor();
    await page.getByRole('button', { name: 'Notify me when one ends' }).click();
    await page.getByText('This browser does not allow notifications').waitFor();
  });
});
