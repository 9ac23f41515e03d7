import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { consoleTest } from '../dev/console-test.ts';
import type { DevServer } from '../dev/server.ts';

describe('background agents in the console', () => {
  const shown = consoleTest();
  let server: DevServer;
  let page: Page;
  const open = async (path: (server: DevServer) => string, options: BrowserContextOptions = {}): Promise<void> => {
    server = await shown.serve();
    page = await shown.open(path(server), options);
  };
  const row = (label: string) => page.locator('ev-subagents li').filter({ hasText: label });

  test('are counted, listed for the open session and for all, and cancelled, by keyboard', async () => {
    let other = '';
    await open(({ fakeSessions, fakeSubagents }) => {
      const { id } = fakeSessions.create({ title: 'Mine' });
      other = fakeSessions.create({ title: 'Of another' }).id;
      const child = fakeSessions.create({ title: 'Read the docs', parentId: id });
      fakeSubagents.spawn(id, 'Read the docs', { sessionId: child.id });
      fakeSubagents.spawn(id, 'Wait for it', { status: 'queued', ahead: 1, startedAt: null });
      fakeSubagents.spawn(id, 'Broke', {
        status: 'crashed',
        code: 'subagent_crashed',
        reason: 'Its workflow is gone',
        endedAt: new Date().toISOString(),
      });
      fakeSubagents.spawn(other, 'Elsewhere');
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
      ({ fakeSessions, fakeSubagents }) => {
        id = fakeSessions.create({ title: 'Mine' }).id;
        fakeSubagents.spawn(id, 'Old', { status: 'completed', endedAt: new Date().toISOString() });
        fakeSubagents.spawn(id, 'Count');
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
    server.fakeSubagents.set('a_2', { status: 'completed', endedAt: new Date().toISOString() });
    await page.getByRole('status').getByText('Background agent “Count” has completed').waitFor();
    server.fakeSubagents.set('a_2', {});
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
    server.fakeSessions.create({ title: 'Anything' });
    await page.getByRole('button', { name: /^Background agents/ }).click();
    await page.getByText('There are none yet.').waitFor();
    await page.getByRole('button', { name: 'Notify me when one ends' }).click();
    await page.getByText('This browser does not allow notifications').waitFor();
  });
});
