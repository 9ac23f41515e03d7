import type { Page, Route } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { consoleTest, eventually } from '../dev/console-test.ts';
import { failedScene, waitingScene } from '../dev/run-scenes.ts';
import { runningScriptScene } from '../dev/script-scenes.ts';

describe('the console holds still', () => {
  const shown = consoleTest();

  const fits = (page: Page) => page.evaluate(() => [document.documentElement.scrollHeight, innerHeight, scrollY]);
  const settled = async (id: string, turn = 1): Promise<void> => {
    const view = () => shown.server.fakeSessions.entry(id).stream.view;
    await eventually(() => view().turns[turn]?.status ?? 'running').not.toBe('running');
  };
  const session = (text: string, title = ''): string => {
    const { id } = shown.server.fakeSessions.create({ title });
    shown.server.fakeSessions.send(id, { text });
    return id;
  };

  test.each([1440, 390])('no screen of %d pixels scrolls the document', async (width) => {
    const { fakeRuns } = await shown.serve();
    const id = session('fix the lead');
    const long = session('Which files are here?');
    await settled(long);
    for (let turn = 2; turn <= 8; turn += 1) {
      shown.server.fakeSessions.send(long, { text: 'Which files are here?' });
      await settled(long, turn);
    }
    const places = [
      '/',
      '/#flow',
      '/#script',
      `/s/${id}`,
      `/s/${long}`,
      `/s/${long}#turn-2`,
      '/s/missing',
      `/r/${waitingScene(fakeRuns).view.run.id}`,
      `/r/${failedScene(fakeRuns).view.run.id}`,
      `/r/${runningScriptScene(fakeRuns).view.run.id}`,
      '/nowhere',
    ];
    const page = await shown.open('/', { viewport: { width, height: 600 } });
    for (const place of places) {
      await page.goto(`${shown.server.url}${place}`);
      await page.locator('ev-app main *').first().waitFor();
      await page.evaluate(() => document.querySelector('ev-app')?.scrollIntoView({ block: 'end' }));
      expect(await fits(page), place).toEqual([600, 600, 0]);
    }
  });

  test('what is sent while a reply streams keeps the end in view', async () => {
    await shown.serve({ pace: 4 });
    const id = session('Which files are here?');
    const page = await shown.open(`/s/${id}`, { viewport: { width: 900, height: 420 } });
    const gap = () =>
      page.locator('ev-conversation .scroll').evaluate((it) => it.scrollHeight - it.scrollTop - it.clientHeight);
    for (let turn = 1; turn <= 4; turn += 1) {
      await page.getByRole('textbox', { name: 'Message' }).fill(`Which files are here? Again: ${turn}`);
      await page.keyboard.press('Enter');
      await page.locator(`#turn-${turn}`).waitFor();
    }
    await settled(id, 5);
    await page.locator('#turn-5').getByText('Which files are here? Again: 4').waitFor();
    await eventually(gap).toBeLessThan(4);
    // Who scrolls up stays there.
    await page.locator('ev-conversation .scroll').hover();
    await page.mouse.wheel(0, -600);
    await page.getByRole('button', { name: 'Jump to latest' }).waitFor();
    shown.server.fakeSessions.send(id, { text: 'Which files are here?' });
    await settled(id, 6);
    expect(await gap()).toBeGreaterThan(100);
  });

  test('turns that scrolling up has loaded have their footer; what is far from the screen is not kept', async () => {
    await shown.serve({ pace: 0 });
    const id = session('Which files are here?');
    for (let turn = 1; turn <= 60; turn += 1) {
      await settled(id, turn);
      shown.server.fakeSessions.send(id, { text: 'Which files are here?' });
    }
    const page = await shown.open(`/s/${id}`, { viewport: { width: 900, height: 700 } });
    await page.locator('#turn-60').waitFor();
    const scroller = page.locator('ev-conversation .scroll');
    // To the top in the frame after the one in which the last page came and what was read before kept its place.
    await scroller.evaluate(async (it) => {
      const turns = it.getRootNode();
      const isThere = (): boolean => turns instanceof ShadowRoot && turns.querySelector('#turn-1') !== null;
      const frame = (): Promise<number> => new Promise(requestAnimationFrame);
      while (!isThere()) {
        it.scrollTo(0, 0);
        await frame();
      }
      await frame();
      await frame();
      it.scrollTo(0, 0);
    });
    await page.locator('#turn-1').getByRole('button', { name: 'Fork from turn 1' }).waitFor();
    const drawn = () =>
      page
        .locator('ev-turn')
        .evaluateAll((turns) => turns.filter((it) => it.shadowRoot?.querySelector('article')).length);
    expect(await page.locator('ev-turn').count()).toBeGreaterThan(55);
    await eventually(drawn).toBeLessThan(40);
    expect(await scroller.evaluate((it) => it.scrollTop)).toBe(0);
  });

  test('a failed session has a mark of its own, and none once it goes on', async () => {
    await shown.serve();
    const id = session('break it', 'Broken');
    await settled(id);
    const page = await shown.open('/');
    const mark = page.getByRole('link', { name: /Broken/ }).getByRole('img');
    await eventually(() => mark.getAttribute('aria-label')).toBe('failed');
    const colours = await mark.evaluate((it) => getComputedStyle(it).backgroundColor);
    expect(colours).not.toBe('rgba(0, 0, 0, 0)');
    shown.server.fakeSessions.send(id, { text: 'Which files are here?' });
    await eventually(() => mark.getAttribute('aria-label')).not.toBe('failed');
  });

  test('live turns amber when the API hangs, says why, and turns back', async () => {
    await shown.serve();
    const id = session('Which files are here?');
    const page = await shown.open(`/s/${id}`);
    const connection = page.locator('ev-connection');
    await connection.getByText('Live').waitFor();
    shown.server.hang(true);
    await connection.getByText('No signal').waitFor({ timeout: 60_000 });
    await connection.getByText('The API is not responding').waitFor();
    shown.server.hang(false);
    await connection.getByText('Live').waitFor();
  });

  test('a missing page and a missing session say so', async () => {
    await shown.serve();
    const page = await shown.open('/nowhere/at/all');
    await page.getByRole('heading', { name: 'Page not found' }).waitFor();
    await page.getByRole('button', { name: 'Go to start' }).click();
    await page.getByRole('heading', { name: 'Start a session' }).waitFor();
    await page.goto(`${shown.server.url}/s/missing`);
    await page.getByRole('heading', { name: 'This session does not exist' }).waitFor();
    expect(await page.getByText('Loading…').count()).toBe(0);
  });

  test('names without end widen nothing', async () => {
    await shown.serve({ model: 'a-model-with-a-name-that-never-ends-'.repeat(6) });
    const page = await shown.open('/');
    await page.getByText(/a-model-with-a-name/).waitFor();
    expect(
      await page
        .locator('ev-rail')
        .evaluate((it) => [it.scrollWidth - it.clientWidth, it.getBoundingClientRect().width]),
    ).toEqual([0, 280]);
  });

  test('the palette finds sessions and commands by a few letters, by keyboard', async () => {
    await shown.serve();
    const id = session('Which files are here?', 'Plan the winter lights');
    session('short: hello', 'Release notes');
    await settled(id);
    const page = await shown.open('/');
    await page.getByRole('link', { name: /Release notes/ }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Go to' }).waitFor();
    // The field has the focus: what is typed at once goes into it.
    await page.keyboard.type('winter');
    await page.getByRole('option', { name: /Plan the winter lights/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/s/${id}`);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Go to' }).fill('dark');
    await page.keyboard.press('Enter');
    await eventually(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('the palette says that conversations are searched, that the search stopped early, and that it failed', async () => {
    await shown.serve();
    const page = await shown.open('/');
    const asked = new Map<string, Route>();
    await page.route('**/api/search?*', (route) => {
      const q = new URL(route.request().url()).searchParams.get('q') ?? '';
      if (q === 'fails') return route.abort();
      asked.set(q, route);
      return undefined;
    });
    await page.keyboard.press('Control+k');
    const field = page.getByRole('combobox', { name: 'Go to' });
    const palette = page.locator('ev-palette');
    const searched = async (words: string): Promise<void> => {
      await field.fill(words);
      await palette.getByText('Searching conversations…').waitFor();
      await eventually(() => asked.has(words)).toBe(true);
      await asked.get(words)?.fulfill({ json: { results: [], isComplete: words !== 'zzqy' } });
    };
    await searched('zzqx');
    await palette.getByText('Nothing found').waitFor();
    await searched('zzqy');
    await palette.getByText('The search stopped before the oldest turns').waitFor();
    await field.fill('fails');
    await palette.getByText('Conversations could not be searched').waitFor();
  });

  test('a browser whose clock is an hour ahead shows how long work takes as it is', async () => {
    await shown.serve({ pace: 40 });
    const id = session('a long one');
    const page = await shown.open('/');
    await page.clock.install({ time: Date.now() + 3_600_000 });
    await page.goto(`${shown.server.url}/s/${id}`);
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
    await page.clock.runFor(2_000);
    const times = await page.locator('ev-elapsed').allTextContents();
    expect(times.length).toBeGreaterThan(0);
    expect(times.filter((text) => /min|h/.test(text))).toEqual([]);
  });

  test('a lost worker is shown in its place, with what it had written, and counted; its bar opens', async () => {
    await shown.serve();
    const { id } = shown.server.fakeSessions.create({ title: 'Dark buoys' });
    const page = await shown.open(`/s/${id}`);
    await page.getByText('Live').waitFor();
    shown.server.fakeSessions.survive(id);
    await page.getByText('Worker lost after 12.3 s.').waitFor();
    await page.getByText('Asked again (attempt 2)').waitFor();
    await page.getByRole('button', { name: 'Show what it had written' }).click();
    expect(await page.locator('ev-cut pre').textContent()).toMatch(/and buoy$/);
    await page.getByText('1 crash survived · 1 call not paid twice · $0.0021 saved').waitFor();
    // Nobody watched it: the spans still tell.
    await page.reload();
    await page.getByText('Worker lost after 12.3 s.').waitFor();
    expect(await page.getByRole('button', { name: 'Show what it had written' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Trace of the session' }).click();
    const bars = page.locator('ev-dialog ev-waterfall button.row');
    await eventually(() => bars.count()).toBe(3);
    await bars.nth(1).click();
    await page.getByRole('region', { name: 'Selected operation' }).getByText('worker lost').waitFor();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await page.getByRole('button', { name: 'Fit' }).click();
    await page.getByRole('searchbox', { name: 'Filter operations' }).fill('interrupted');
    await eventually(() => bars.count()).toBe(1);
    expect(shown.complaints).toEqual([]);
  });

  test.each([
    ['quotes in quotes', '>'.repeat(50_000)],
    ['lists in lists', `${'- '.repeat(5000)}x`],
    ['one line', 'word '.repeat(38_000)],
    ['a table', `|a|b|\n|-|-|\n${'|x|y|\n'.repeat(20_000)}`],
  ])('%s of a reply are shown as plain text with a note', async (_name, text) => {
    await shown.serve({ pace: 0 });
    const { id } = shown.server.fakeSessions.create({});
    shown.server.fakeSessions.say(id, text);
    const page = await shown.open('/');
    await page
      .getByRole('link', { name: new RegExp(`^.*${id}|Untitled`) })
      .first()
      .click();
    await page.getByText('Plain text: not formatted because of').waitFor();
  });

  test('reports once that a part failed to load, and shows it when loading succeeds', async () => {
    const { fakeRuns } = await shown.serve();
    const { id } = waitingScene(fakeRuns).view.run;
    const page = await shown.open(`/r/${id}`);
    await page.getByText('Live').waitFor();
    let refused = 0;
    const gone = async (route: Route): Promise<void> => {
      refused += 1;
      await route.fulfill({ status: 404, body: '' });
    };
    await page.route('**/assets/graph-*.js', gone);
    await page.getByRole('link', { name: 'Graph' }).click();
    await eventually(() => refused).toBeGreaterThan(1);
    const told = page.getByRole('alert').filter({ hasText: 'Part of the console cannot be loaded' });
    expect(await told.count()).toBe(1);
    await page.unroute('**/assets/graph-*.js', gone);
    await page.locator('ev-run-graph [data-node]').first().waitFor();
  });
});
