import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { consoleTest, eventually } from '../dev/console-test.ts';
import type { DevServer, DevServerOptions } from '../dev/server.ts';

describe('the console in Chromium', () => {
  const shown = consoleTest();
  let server: DevServer;
  let page: Page;
  const { complaints } = shown;

  const serve = async (options: DevServerOptions = {}): Promise<DevServer> => {
    server = await shown.serve(options);
    return server;
  };

  /** Opens an address with the token; whatever the browser complains about is kept. */
  const open = async (path: string, options: BrowserContextOptions = {}, token?: null): Promise<void> => {
    page = await shown.open(path, options, token);
  };

  const session = (text: string, fields: { title?: string; allow?: ('write' | 'run')[] } = {}): string => {
    const { id } = server.fakeSessions.create(fields);
    server.fakeSessions.send(id, { text });
    return id;
  };
  const view = (id: string) => server.fakeSessions.entry(id).stream.view;
  const settled = (id: string, turn = 1) =>
    eventually(() => view(id).turns[turn]?.status ?? 'running').not.toBe('running');
  const message = () => page.getByRole('textbox', { name: 'Message' });
  const see = (text: string | RegExp) => page.getByText(text).first().waitFor();

  test('says that the project is not trusted and what waits, and nothing once it is', async () => {
    const { fakeRuns } = await serve();
    const grants = [
      { kind: 'schedule', file: '.everturn/flows/nightly.yaml', allows: 'starts the flow nightly\u202e by itself' },
    ];
    const known = fakeRuns.trust;
    fakeRuns.trust = { ...known, trusted: false, grants };
    await open('/');
    await page.getByText('Project not trusted. Waiting: 1 schedule').click();
    await see('starts the flow nightly\\u202e by itself');
    await see('npx everturn trust');
    fakeRuns.trust = known;
    await page.reload();
    await see('Offline model');
    expect(await page.getByText('Project not trusted').count()).toBe(0);
  });

  test('starts a session, shows the reply as it comes, its usage, and its title', async () => {
    await serve();
    await open('/');
    await page.getByRole('textbox', { name: 'What should the agent do?' }).fill('Which files are here?');
    await page.keyboard.press('Enter');
    await see('keeps the lights of a small harbour');
    await see(/2 requests · 3 tool calls/);
    await eventually(() => page.getByRole('table').first().textContent()).toContain('src/plan.ts');
    expect(new URL(page.url()).pathname).toBe('/s/s1');
    await eventually(() => page.title()).toBe('Which files are here? · Everturn');
    await page.getByRole('button', { name: /1 listing, 1 read, 1 search/ }).click();
    await page.getByRole('button', { name: /^read_file/ }).click();
    await see('Lantern keeps the lights');
    await page.getByRole('button', { name: /2 requests/ }).click();
    const bars = page.locator('ev-waterfall button.row .lane i');
    await eventually(() => bars.count()).toBe(5);
    const left = () => bars.last().evaluate((bar) => Number.parseFloat((bar as HTMLElement).style.left));
    await eventually(left).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
  });

  test('shows what a model writes as text: no script, no element of its own, no request to elsewhere', async () => {
    await serve();
    const id = session('be evil');
    await settled(id);
    const asked: string[] = [];
    await open(`/s/${id}`);
    page.on('request', (request) => asked.push(request.url()));
    await page.reload();
    await see('<b>bold</b>');
    await page.locator('ev-markdown a').waitFor();
    expect(await page.locator('ev-markdown img, ev-markdown script, ev-markdown b').count()).toBe(0);
    expect(
      await page.locator('ev-markdown a').evaluateAll((links) => links.map((link) => link.getAttribute('href'))),
    ).toEqual(['https://tracker.example/p.png']);
    expect(await page.locator('ev-markdown a').first().getAttribute('rel')).toBe('noopener noreferrer');
    expect(await page.locator('ev-markdown pre').textContent()).toBe('const open = "fence";');
    expect(asked.filter((url) => !url.startsWith(server.url))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('asks before a change with its difference; approves one call and denies the next with a reason', async () => {
    await serve();
    const id = session('fix the lead');
    await open(`/s/${id}`);
    const card = page.getByRole('region', { name: 'Approval: edit_file' });
    await card.getByText('removed: lit: next.map((tide) => tide.at - 3600)').waitFor();
    await page.getByRole('button', { name: 'Inbox 1 waiting' }).waitFor();
    await card.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('button', { name: /^Inbox/ }).click();
    const inbox = page.locator('ev-dialog');
    await inbox.getByText('$ npm test').waitFor();
    await inbox.getByRole('button', { name: 'Deny' }).click();
    await page.keyboard.type('Not today');
    await page.keyboard.press('Enter');
    await inbox.getByText('Nothing is waiting for you').waitFor();
    await page.keyboard.press('Escape');
    await see('They say: Not today');
    await settled(id);
    expect(complaints).toEqual([]);
  });

  test('queues, interrupts and stops', async () => {
    // Slow enough for a slow page: the long replies must not end by themselves.
    await serve({ pace: 40 });
    const id = session('a long one');
    await open(`/s/${id}`);
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
    await message().fill('short: second');
    await message().press('Enter');
    await see('Waits for the running turn');
    await message().fill('short: first');
    await message().press('Control+Enter');
    await see('You said: short: first');
    await see('You said: short: second');
    expect(view(id).turns[1]?.status).toBe('cancelled');
    await message().fill('another long one');
    await message().press('Enter');
    await eventually(() => view(id).turns[4]?.status).toBe('running');
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await eventually(() => view(id).turns[4]?.status).toBe('cancelled');
  });

  test('goes on after cut connections without losing or repeating a word', async () => {
    await serve({ pace: 4 });
    const id = session('a long one');
    await open(`/s/${id}`);
    for (const part of [1, 2, 3]) {
      await see(`Part ${part}.`);
      server.cut();
    }
    await settled(id);
    await see(/6 requests/);
    const text = await page.locator('ev-markdown .prose p').allTextContents();
    const sealed = view(id).chunks.flatMap(({ body }) =>
      body.kind === 'text' && body.role === 'assistant' ? [body.text.replaceAll('**', '')] : [],
    );
    expect(text).toEqual(sealed);
  });

  test('keeps a message that could not be sent and sends it once when the server is back', async () => {
    await serve();
    const id = session('short');
    await settled(id);
    await open(`/s/${id}`);
    await see('You said: short');
    server.away(true);
    await message().fill('short: kept');
    await message().press('Enter');
    await page
      .getByRole('alert')
      .getByText(/the server does not answer/)
      .first()
      .waitFor();
    await page.getByText('Reconnecting', { exact: true }).waitFor();
    await page.getByText(/follow the streams.* next try in/).waitFor();
    server.away(false);
    await page.getByRole('button', { name: 'Send again' }).click();
    await see('You said: short: kept');
    await page.getByText('Live', { exact: true }).waitFor();
    expect(Object.keys(view(id).turns)).toEqual(['1', '2']);
    expect(await page.getByRole('button', { name: 'Send again' }).count()).toBe(0);
  });

  test('keeps drafts, and messages whose answer was not seen, over a reload', async () => {
    await serve();
    const id = session('short');
    await settled(id);
    await open(`/s/${id}`);
    await message().fill('half a thought');
    await page.reload();
    await eventually(() => message().inputValue()).toBe('half a thought');
    await page.route('**/messages', (route) => route.abort());
    await message().fill('short: on its way');
    await message().press('Enter');
    await page.getByRole('button', { name: 'Send again' }).waitFor();
    await page.unroute('**/messages');
    await page.reload();
    await page.getByRole('button', { name: 'Send again' }).click();
    await see('You said: short: on its way');
  });

  test('loads older pages while scrolling up and keeps in place what is read', async () => {
    await serve({ pace: 0 });
    const { id } = server.fakeSessions.create({ title: 'Many' });
    for (let turn = 1; turn <= 120; turn += 1) server.fakeSessions.send(id, { text: `short ${turn}` });
    await eventually(() => view(id).turns[120]?.status).toBe('completed');
    await open(`/s/${id}`);
    await see('You said: short 120');
    const scroller = page.locator('ev-conversation .scroll');
    const atEnd = () => scroller.evaluate((it) => it.scrollHeight - it.scrollTop - it.clientHeight);
    await eventually(atEnd).toBeLessThan(2);
    const turns = page.locator('ev-turn');
    expect(await turns.count()).toBe(30);
    // What is read is noted in the same task that scrolls, before the older page can come.
    const before = await scroller.evaluate((it) => {
      it.scrollTop = 200;
      const seen = [...it.querySelectorAll('ev-turn')].find((turn) => turn.getBoundingClientRect().bottom > 60);
      return { id: seen?.id, top: seen?.getBoundingClientRect().top ?? 0 };
    });
    await eventually(() => turns.count()).toBeGreaterThan(30);
    const top = () => page.locator(`#${before.id}`).evaluate((it) => it.getBoundingClientRect().top);
    await eventually(async () => Math.abs((await top()) - before.top)).toBeLessThan(3);
    await page.getByRole('button', { name: 'Jump to latest' }).click();
    await eventually(atEnd).toBeLessThan(2);
  });

  test('opens a turn by its address, also when it lies on an older page', async () => {
    await serve({ pace: 0 });
    const { id } = server.fakeSessions.create({ title: 'Many' });
    for (let turn = 1; turn <= 150; turn += 1) server.fakeSessions.send(id, { text: `short ${turn}` });
    await eventually(() => view(id).turns[150]?.status).toBe('completed');
    await open(`/s/${id}#turn-3`);
    await page.locator('#turn-3').waitFor();
    const top = () => page.locator('#turn-3').evaluate((it) => it.getBoundingClientRect().top);
    await eventually(top).toBeGreaterThan(0);
    expect(await top()).toBeLessThan(300);
  });

  test('shows a window of a 20 MB result', async () => {
    await serve({ pace: 0 });
    const id = session('20 MB');
    await settled(id);
    await open(`/s/${id}`);
    await see('That is the whole log.');
    await page.getByRole('button', { name: /^run_command/ }).click();
    await page.getByRole('button', { name: /Show all/ }).click();
    const frame = page.locator('ev-long-text .window');
    await frame.waitFor();
    const lines = Math.ceil((20 * 1024 * 1024) / 78);
    await eventually(() => frame.evaluate((it) => it.scrollHeight)).toBeGreaterThan((lines - 1) * 19);
    await frame.evaluate((it) => {
      it.scrollTop = it.scrollHeight;
    });
    await frame.getByText(String(lines).padStart(8, '0')).waitFor();
    expect(await frame.evaluate((it) => it.textContent?.length)).toBeLessThan(20_000);
  });

  test('asks for a token, refuses a wrong one, and keeps the address free of it', async () => {
    await serve();
    await open('/', {}, null);
    await page.getByRole('heading', { name: 'Sign in with a token' }).waitFor();
    await page.getByRole('textbox', { name: 'Token' }).fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'That token was refused' }).waitFor();
    await page.getByRole('textbox', { name: 'Token' }).fill(server.token);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Start a session' }).waitFor();
    await page.goto(`${server.url}/#token=${server.token}`);
    await eventually(() => page.url()).toBe(`${server.url}/`);
    await page.reload();
    await page.getByRole('heading', { name: 'Start a session' }).waitFor();
  });

  test('names what is wrong with a workspace and keeps what was typed', async () => {
    await serve();
    await open('/');
    await page.getByRole('textbox', { name: 'What should the agent do?' }).fill('Look around');
    await page.getByRole('textbox', { name: 'Workspace' }).fill('/missing');
    await page.getByRole('button', { name: 'Start session' }).click();
    await page.getByRole('alert').getByText('there is no such folder').waitFor();
    expect(await page.getByRole('textbox', { name: 'What should the agent do?' }).inputValue()).toBe('Look around');
  });

  test('says what failed, what to do, and gives the message back', async () => {
    await serve();
    const id = session('this will fail');
    await open(`/s/${id}`);
    await see('The provider refused the key');
    await see(/Check the key that everturn.yaml names/);
    await page.getByRole('button', { name: 'Restore draft' }).click();
    await eventually(() => message().inputValue()).toBe('this will fail');
  });

  test('an unknown session says so', async () => {
    await serve();
    await open('/s/nothing');
    await page.getByRole('heading', { name: 'This session does not exist' }).waitFor();
  });

  test('works by keyboard: help, list, search', async () => {
    await serve();
    for (const text of ['short one', 'short two', 'short three']) await settled(session(text));
    await open('/');
    await page.getByRole('link', { name: /short one/ }).waitFor();
    await page.getByRole('textbox', { name: 'What should the agent do?' }).blur();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    for (const name of ['two', 'three']) await page.getByRole('link', { name: `short ${name}` }).waitFor();
    const focused = () =>
      page.evaluate(() => {
        let element = document.activeElement;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        return element instanceof HTMLInputElement ? 'search' : (element?.textContent ?? '');
      });
    // The dialog that closed gives the focus back in its own time.
    await eventually(async () => {
      if ((await focused()) !== 'search') await page.keyboard.press('s');
      return await focused();
    }).toBe('search');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    await eventually(focused).toContain('short one');
    await page.keyboard.press('ArrowUp');
    await eventually(focused).toContain('short two');
    await page.keyboard.press('Enter');
    await see('You said: short two');
    await page.getByRole('searchbox').fill('three');
    await page.getByRole('link', { name: /short one/ }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: /idle short three/ }).waitFor();
    await page
      .locator('.found')
      .getByRole('link', { name: /short three/ })
      .click();
    await see('You said: short three');
    expect(new URL(page.url()).hash).toBe('#turn-1');
    // A letter is in too much for one search.
    await page.getByRole('searchbox').fill('t');
    await page.locator('ev-session-list').getByText('The search stopped before the oldest turns').waitFor();
    expect(complaints).toEqual([]);
  });

  test('renames and deletes', async () => {
    await serve();
    const id = session('short');
    await settled(id);
    await open(`/s/${id}`);
    await page.getByRole('button', { name: 'Rename the session' }).click();
    await page.keyboard.type('A better name');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: /A better name/ }).waitFor();
    await page.getByRole('button', { name: 'Delete the session' }).click();
    await page.locator('ev-confirm').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'Start a session' }).waitFor();
    await see('No sessions yet');
  });

  test('forks a session from one of its turns', async () => {
    await serve();
    const id = session('short');
    await settled(id);
    await open(`/s/${id}`);
    await page.getByRole('button', { name: 'Fork from turn 1' }).click();
    await page.getByRole('heading', { name: /^Fork of/ }).waitFor();
    await page.getByRole('link', { name: `session ${id}` }).click();
    await page.waitForURL(`**/s/${id}`);
    expect(complaints).toEqual([]);
  });

  test('shows a viewer what they may not do, disabled, with the reason', async () => {
    await serve({ role: 'viewer' });
    const id = session('fix the lead');
    await open(`/s/${id}`);
    const card = page.getByRole('region', { name: 'Approval: edit_file' });
    await card.getByText('owner is a viewer').waitFor();
    expect(await card.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true);
    expect(await card.getByRole('button', { name: 'Deny…' }).isDisabled()).toBe(true);
    expect(await message().isDisabled()).toBe(true);
    await page.locator('ev-composer').getByText('Ask an admin for the role').waitFor();
    await open('/');
    await page.getByRole('note').getByText('owner is a viewer').waitFor();
    expect(await page.locator('ev-start [inert]').count()).toBe(1);
  });

  test('fits a narrow screen, with the list in a drawer', async () => {
    await serve();
    const id = session('fix the lead');
    await open(`/s/${id}`, { viewport: { width: 360, height: 740 } });
    await page.getByRole('region', { name: 'Approval: edit_file' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await page.locator('ev-conversation .scroll').evaluate((it) => it.scrollWidth - it.clientWidth)).toBe(0);
    await page.getByRole('button', { name: 'Sessions' }).click();
    await page.getByRole('link', { name: /fix the lead/ }).click();
    await eventually(() => page.getByRole('searchbox').isVisible()).toBe(false);
  });

  test('remembers the theme', async () => {
    await serve();
    await open('/', { colorScheme: 'light' });
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.getByRole('button', { name: /^Theme/ }).click();
    await page.getByRole('button', { name: /^Theme: light/ }).click();
    await page.getByRole('button', { name: /^Theme: dark/ }).waitFor();
    expect(await background()).not.toBe(light);
    await page.reload();
    await page.getByRole('button', { name: /^Theme: dark/ }).waitFor();
    expect(await background()).not.toBe(light);
  });
});
