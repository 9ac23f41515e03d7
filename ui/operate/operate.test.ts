import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { consoleTest, eventually } from '../dev/console-test.ts';

describe("the operator's pages in Chromium", () => {
  const shown = consoleTest();
  const see = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
  const say = (text: string, title: string): string => {
    const { id } = shown.server.fakeSessions.create({ title });
    shown.server.fakeSessions.send(id, { text });
    return id;
  };
  const selected = (page: Page) => page.locator('ev-list-page .row.selected b').textContent();

  test('all sessions: filters are in the address, views are saved, J, K and Enter move and open', async () => {
    await shown.serve();
    for (const title of ['One', 'Two', 'Three']) say('short: hello', title);
    say('this will fail', 'Broken');
    const page = await shown.open('/sessions?status=failed');
    await see(page, 'Broken');
    await eventually(() => page.locator('ev-list-page .row').count()).toBe(1);
    await page.getByRole('link', { name: 'All', exact: true }).click();
    await eventually(() => page.locator('ev-list-page .row').count()).toBe(4);
    expect(new URL(page.url()).search).toBe('');
    await page.getByRole('searchbox', { name: 'Search sessions' }).last().fill('thr');
    await eventually(() => new URL(page.url()).search).toBe('?q=thr');
    await eventually(() => page.locator('ev-list-page .row').count()).toBe(1);
    await page.getByRole('button', { name: 'Save as view' }).click();
    await page.getByRole('textbox', { name: 'Name of the view' }).fill('Threes');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'All', exact: true }).click();
    await page.reload();
    await page.getByRole('link', { name: 'Threes', exact: true }).click();
    await eventually(() => page.locator('ev-list-page .row').count()).toBe(1);
    await page.keyboard.press('j');
    await eventually(() => selected(page)).toBe('Three');
    await page.keyboard.press('Enter');
    await eventually(() => new URL(page.url()).pathname).toMatch(/^\/s\//);
    await page.goto(`${shown.server.url}/sessions?status=fialed`);
    await see(page, /The filter "status" has no value "fialed"/);
    expect(shown.complaints).toEqual([]);
  });

  test('a space that is typed at a pause stays, so that the next word can follow', async () => {
    await shown.serve();
    const page = await shown.open('/sessions');
    const list = page.getByRole('searchbox', { name: 'Search sessions' });
    for (const field of [list.first(), list.last()]) {
      const searched = page.waitForRequest((request) => request.url().includes('q=buoy&'));
      await field.focus();
      await page.keyboard.type('buoy ');
      await searched;
      await page.keyboard.type('seven');
      expect(await field.inputValue()).toBe('buoy seven');
      await field.fill('');
    }
  });

  test('what failed and waits is seen from every page; G and a letter lead to the pages', async () => {
    await shown.serve();
    say('this will fail', 'Broken');
    say('change it', 'Asks');
    const page = await shown.open('/health');
    await page.locator('ev-rail .places').getByText('failed').first().waitFor({ state: 'attached' });
    await page.locator('ev-rail .places .waiting').first().waitFor();
    await see(page, 'worker-1');
    await see(page, /Key spare is resting/);
    await page.getByRole('button', { name: 'Unmark' }).click();
    await eventually(() => page.getByRole('button', { name: 'Unmark' }).count()).toBe(0);
    for (const [key, heading] of [
      ['u', 'Usage'],
      ['c', 'Schedules'],
      [',', 'Settings'],
      ['r', 'Runs'],
    ] as const) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await page.getByRole('heading', { name: heading, exact: true }).waitFor();
    }
    expect(await page.evaluate(() => document.documentElement.scrollHeight === innerHeight)).toBe(true);
    expect(shown.complaints).toEqual([]);
  });

  test('the inbox by keys: several at once, one for the session, one denied with a reason', async () => {
    const { fakeSessions } = await shown.serve();
    const ids = ['First', 'Second', 'Third'].map((title) => say('change the lead', title));
    await eventually(() => ids.every((id) => fakeSessions.entry(id).agent.waiting.size === 1)).toBe(true);
    const page = await shown.open('/inbox');
    await eventually(() => page.locator('ev-inbox li').count()).toBe(3);
    const waiting = (at: number) => fakeSessions.entry(ids[at] ?? '').agent.waiting;
    const first = [...waiting(0).keys()][0] ?? '';
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await see(page, '2 calls marked');
    await page.keyboard.press('y');
    await eventually(() => waiting(0).has(first)).toBe(false);
    await eventually(() => fakeSessions.entry(ids[2] ?? '').agent.waiting.size).toBe(1);
    await page.locator('ev-inbox li').filter({ hasText: 'Third' }).getByRole('checkbox').focus();
    await page.keyboard.press('n');
    await page.getByPlaceholder('Reason, sent to the agent (optional)').waitFor();
    await page.keyboard.type('Not now');
    await page.keyboard.press('Enter');
    await eventually(() => waiting(2).size === 0 || [...waiting(2).keys()][0]?.endsWith('/1')).toBe(true);
    expect(shown.complaints).toEqual([]);
  });

  test('a held key and a double click answer one call, not the one that takes its place', async () => {
    const { fakeSessions } = await shown.serve();
    const ids = ['First', 'Second', 'Third'].map((title) => say('fix the lead', title));
    await eventually(() => ids.every((id) => fakeSessions.entry(id).agent.waiting.size === 1)).toBe(true);
    const page = await shown.open('/inbox');
    const cards = page.locator('ev-inbox li');
    await eventually(() => cards.count()).toBe(3);
    await page.evaluate(() => {
      const known = globalThis.fetch;
      Object.assign(globalThis, { answers: 0 });
      globalThis.fetch = (to, init) => {
        if (init?.method === 'POST' && String(to).includes('/approvals'))
          Object.assign(globalThis, { answers: Reflect.get(globalThis, 'answers') + 1 });
        return known(to, init);
      };
    });
    const answers = () => page.evaluate(() => Reflect.get(globalThis, 'answers'));
    const firstId = () => cards.first().getAttribute('data-id');
    const moved = async (from: string | null) => eventually(firstId).not.toBe(from);
    const first = await firstId();
    await page.keyboard.down('y');
    await moved(first);
    for (let times = 0; times < 3; times += 1) await page.keyboard.down('y');
    await page.keyboard.up('y');
    expect(await answers()).toBe(1);

    const second = await firstId();
    const approve = cards.first().getByRole('button', { name: 'Approve' });
    const box = await approve.boundingBox();
    await page.mouse.move((box?.x ?? 0) + 12, (box?.y ?? 0) + 8);
    await eventually(async () => {
      await page.mouse.down();
      await page.mouse.up();
      return answers();
    }).toBe(2);
    await moved(second);
    await page.mouse.down({ clickCount: 2 });
    await page.mouse.up({ clickCount: 2 });
    expect(await answers()).toBe(2);
    expect(shown.complaints).toEqual([]);
  });

  test('staged changes are in the inbox: shown, applied as they are listed, and the rest stays', async () => {
    const { fakeSessions, fakeBeside } = await shown.serve();
    const diff = (path: string) => `--- a/${path}\n+++ b/${path}\n@@ -41,2 +41,2 @@\n-one\n+two\n end\n`;
    const [lead, tide] = ['Lead time', 'Tide table'].map((title) => fakeSessions.create({ title }).id);
    for (const path of ['src/plan.ts', 'src/tide.ts']) fakeBeside.change(lead ?? '', path, diff(path));
    fakeBeside.change(tide ?? '', 'data/tides.csv', diff('data/tides.csv'));
    fakeBeside.change(tide ?? '', 'README.md', diff('README.md'), { state: 'applied' });
    const page = await shown.open('/inbox');
    await eventually(() => page.locator('ev-inbox li').count()).toBe(2);
    const card = page.locator('ev-staged').filter({ hasText: 'src/plan.ts' });
    await card.getByRole('button', { name: 'Show changes' }).click();
    await eventually(() => card.locator('ev-diff').count()).toBe(2);
    await eventually(() => card.locator('.row.removed .line-number').first().textContent()).toBe('41');
    expect(await card.getByText('no newline').count()).toBe(0);
    await card.getByRole('button', { name: 'Apply all 2' }).click();
    await eventually(() => page.locator('ev-inbox li').count()).toBe(1);
    const states = (id = '') => fakeBeside.staged().filter(({ sessionId }) => sessionId === id).length;
    expect([states(lead), states(tide)]).toEqual([0, 1]);
    await page.keyboard.press('n');
    await see(page, 'Nothing is waiting for you');
    expect(states(tide)).toBe(0);
    expect(shown.complaints).toEqual([]);
  });

  test('schedules pause, permissions and notes are changed, and usage has a bar for each day', async () => {
    const { fakeOperations } = await shown.serve();
    const page = await shown.open('/schedules');
    await page
      .getByRole('row', { name: /nightly-tides/ })
      .getByRole('button', { name: 'Pause' })
      .click();
    await page
      .getByRole('row', { name: /nightly-tides/ })
      .getByRole('button', { name: 'Resume' })
      .waitFor();
    expect(fakeOperations.schedules[0]?.paused).toBe(true);
    await page.goto(`${shown.server.url}/settings#permissions`);
    await page.getByRole('button', { name: 'Remove' }).click();
    await eventually(() => fakeOperations.permissions.rules.length).toBe(1);
    await page.getByRole('link', { name: 'Memory' }).click();
    await page.getByRole('button', { name: /Lead times/ }).click();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Lead times are milliseconds');
    await page.getByRole('button', { name: 'Save' }).click();
    await see(page, 'Lead times are milliseconds');
    await page.getByRole('link', { name: 'Configuration' }).click();
    await see(page, 'limits.runTokens');
    expect(await page.locator('ev-settings-page').textContent()).not.toMatch(/hunter2|harbour-secret/);
    await page.goto(`${shown.server.url}/usage?by=flow&days=7`);
    await see(page, 'research-report');
    await eventually(() => page.locator('ev-usage-chart .bar').count()).toBe(7);
    expect(
      await page
        .locator('ev-usage-chart .bar i')
        .first()
        .evaluate((bar) => bar.getBoundingClientRect().height),
    ).toBeGreaterThan(1);
    expect(shown.complaints).toEqual([]);
  });

  test('an empty console offers things that work at once, and a form takes lists', async () => {
    const { fakeRuns } = await shown.serve();
    const page = await shown.open('/');
    await page.getByRole('button', { name: /Ask about this project/ }).click();
    await see(page, 'keeps the lights of a small harbour');
    await page.goto(`${shown.server.url}/#flow/review-code`);
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('textbox', { name: 'paths 1' }).fill('src');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('textbox', { name: 'paths 2' }).fill('test');
    await page.getByRole('button', { name: 'Remove paths 1' }).click();
    await page.getByRole('button', { name: 'Start review-code' }).click();
    await eventually(() => [...fakeRuns.runs.values()][0]?.input).toEqual({ paths: ['test'] });
    expect(shown.complaints).toEqual([]);
  });
});
