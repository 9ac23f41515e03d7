import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { consoleTest, eventually } from '../dev/console-test.ts';

const howMany = 20;

describe('one stream for all pages of a browser', () => {
  const shown = consoleTest();
  const fake = () => shown.server.fakeSessions;
  const view = (id: string) => fake().entry(id).stream.view;
  const settled = (id: string, turn: number) =>
    eventually(() => view(id).turns[turn]?.status ?? 'running').toBe('completed');
  const tab = async (path: string): Promise<Page> => {
    const page = await shown.page.context().newPage();
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => shown.complaints.push(error.message));
    await page.goto(`${shown.server.url}${path}`);
    return page;
  };
  const state = (page: Page, words: string) => page.locator('ev-connection').getByText(words).first().waitFor();
  const all = (pages: readonly Page[], words: string) => Promise.all(pages.map((page) => state(page, words)));

  /** What a page shows of the replies is what was sealed: no word is missing, none is there twice. */
  const expectExact = async (page: Page, id: string): Promise<void> => {
    const sealed = view(id).chunks.flatMap(({ body }) =>
      body.kind === 'text' && body.role === 'assistant' ? [body.text.replaceAll('**', '')] : [],
    );
    const prose = page.locator('ev-markdown .prose p');
    await eventually(() => prose.allTextContents()).toEqual(sealed);
  };

  test('20 tabs on live sessions all go on, over a hang and a restart of the API, with one connection', async () => {
    await shown.serve({ pace: 30 });
    const ids = Array.from({ length: howMany }, (_, index) => fake().create({ title: `Lamp ${index + 1}` }).id);
    const [first = ''] = ids;
    const pages = [await shown.open(`/s/${first}`, { viewport: { width: 700, height: 400 } })];
    for (const id of ids.slice(1)) pages.push(await tab(`/s/${id}`));
    await all(pages, 'Live');
    await eventually(() => shown.server.streams()).toBe(1);
    for (const id of ids) fake().send(id, { text: 'a long one' });
    await Promise.all(pages.map((page) => page.locator('ev-markdown').getByText('Part 1.').first().waitFor()));

    shown.server.hang(true);
    await all(pages, 'No signal');
    await all(pages.slice(0, 5), 'The API is not responding');
    shown.server.hang(false);
    await all(pages, 'Live');

    shown.server.away(true);
    await all(pages, 'Reconnecting');
    for (const id of ids) await settled(id, 1);
    for (const id of ids) fake().send(id, { text: 'short: back again' });
    shown.server.away(false);
    await all(pages, 'Live');
    for (const [index, page] of pages.entries()) {
      await page.locator('ev-markdown').getByText('You said: short: back again').waitFor();
      await expectExact(page, ids[index] ?? '');
    }
    await eventually(() => shown.server.streams()).toBe(1);

    // Tabs close and reload; the others do not notice.
    await Promise.all(pages.slice(10).map((page) => page.close()));
    await pages[1]?.reload();
    for (const id of ids.slice(0, 3)) fake().send(id, { text: 'short: the last one' });
    for (const [index, page] of pages.slice(0, 3).entries()) {
      await page.locator('ev-markdown').getByText('You said: short: the last one').waitFor();
      await expectExact(page, ids[index] ?? '');
    }
    await eventually(() => shown.server.streams()).toBe(1);
    expect(shown.complaints).toEqual([]);
  });

  test('an expired token leads to the sign-in of its tabs alone, and nothing that was written is lost', async () => {
    await shown.serve();
    shown.server.addToken('short-lived');
    const { id } = fake().create({ title: 'Lamp' });
    const lasting = await shown.open(`/s/${id}`);
    await state(lasting, 'Live');
    const expiring = await tab(`/s/${id}#token=short-lived`);
    await state(expiring, 'Live');
    await eventually(() => shown.server.streams()).toBe(2);
    await expiring.getByRole('textbox', { name: 'Message' }).fill('Half a thought');
    shown.server.revoke('short-lived');
    await expiring.getByRole('heading', { name: 'Sign in again' }).waitFor();
    expect(await expiring.evaluate(() => location.pathname)).toBe(`/s/${id}`);
    fake().say(id, 'Still here');
    await lasting.locator('ev-markdown').getByText('Still here').waitFor();
    await state(lasting, 'Live');
    await expiring.getByLabel('Token').fill(shown.server.token);
    await expiring.keyboard.press('Enter');
    await expiring.locator('ev-markdown').getByText('Still here').waitFor();
    expect(await expiring.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('Half a thought');
    await eventually(() => shown.server.streams()).toBe(1);
    await lasting.reload();
    await state(lasting, 'Live');
  });

  test.each([
    ['without shared workers', () => Reflect.deleteProperty(globalThis, 'SharedWorker'), 2],
    [
      'whose worker is not there any more',
      () => {
        const Real = SharedWorker;
        globalThis.SharedWorker = class extends Real {
          constructor() {
            super(`/assets/gone-12345678.js`);
          }
        };
      },
      2,
    ],
  ])('a tab %s has a stream of its own', async (_, change, streams) => {
    await shown.serve();
    const { id } = fake().create({ title: 'Lamp' });
    const page = await shown.open(`/s/${id}`);
    await state(page, 'Live');
    await page.context().addInitScript(change);
    const odd = await tab(`/s/${id}`);
    await state(odd, 'Live');
    fake().say(id, 'Both see it');
    for (const one of [page, odd]) await one.locator('ev-markdown').getByText('Both see it').waitFor();
    await eventually(() => shown.server.streams()).toBe(streams);
  });

  test('work that stands still while a part is down is amber with the part, and live again once it goes on', async () => {
    await shown.serve();
    const { id } = fake().create({ title: 'Lamp' });
    const { stream } = fake().entry(id);
    const page = await shown.open('/');
    await page.clock.install();
    await page.getByRole('link', { name: /Lamp/ }).click();
    await state(page, 'Live');
    const startedAt = new Date().toISOString();
    stream.append({ type: 'turn.started', turn: 1, messageId: 'm1', startedAt, chunks: [] });
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
    await page.clock.fastForward(6_000);
    await eventually(() => shown.asked.filter((path) => path === '/api/health').length).toBeGreaterThan(1);
    await state(page, 'Live');
    for (const [part, words] of [
      [{ workers: 0 }, 'Stalled · No worker is running'],
      [{ temporal: false }, 'Stalled · Temporal is not reachable'],
      [{ model: { label: 'a-model', offline: false, reachable: false } }, 'Stalled · The provider of a-model'],
    ] as const) {
      const before = { ...shown.server.health };
      Object.assign(shown.server.health, part);
      await page.clock.fastForward(6_000);
      await state(page, words);
      Object.assign(shown.server.health, before);
    }
    stream.append({ type: 'turn.settled', turn: 1, status: 'completed', code: null, durationMs: 1, chunks: [] });
    await state(page, 'Live');
  });
});
