import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { consoleTest, eventually } from '../dev/console-test.ts';
import type { RunStream } from '../dev/run-stream.ts';
import {
  failedScriptScene,
  longScriptScene,
  rerunScene,
  runningScriptScene,
  thousandScene,
} from '../dev/script-scenes.ts';
import type { DevServer } from '../dev/server.ts';

describe('scripts in Chromium', () => {
  const shown = consoleTest();
  let server: DevServer;
  let page: Page;
  const { complaints } = shown;

  const serve = async (): Promise<DevServer['fakeRuns']> => {
    server = await shown.serve();
    return server.fakeRuns;
  };

  const open = async (path: string, options: BrowserContextOptions = {}): Promise<void> => {
    page = await shown.open(path, options);
  };

  /** Of its list of calls, unless another view is named. */
  const addressOf = ({ view }: RunStream, hash = '', tab = 'steps'): string => `/r/${view.run.id}/${tab}${hash}`;
  const phase = (title: string) =>
    page.locator('ev-phase').filter({ has: page.getByRole('heading', { name: title, exact: true }) });
  const call = (label: string) =>
    page.locator('ev-script-call').filter({ has: page.getByText(label, { exact: true }) });
  const dialog = () => page.locator('ev-dialog');

  test('shows phases with their calls as they go on, what they used, and the budget', async () => {
    const fakeRuns = await serve();
    const run = runningScriptScene(fakeRuns);
    await open(addressOf(run));
    await eventually(() => page.locator('ev-phase h3').allInnerTexts()).toEqual(['Read', 'Doubt', 'Report']);
    await phase('Read').getByText('All 9 completed').waitFor();
    await phase('Doubt').getByText('11 of 26 · 10 completed · 1 failed · 5 running · 10 queued').waitFor();
    await page.locator('ev-run-header').getByText('20 of 36 calls').waitFor();
    await page.getByRole('meter', { name: 'Budget in tokens' }).waitFor();
    await phase('Doubt').getByText('The provider sent nothing for 60 s, twice').waitFor();
    await call('sleep 15 min')
      .getByText(/^until /)
      .waitFor();

    run.call('doubt10', 'completed', { usage: { ...run.view.usage, input: 5000, output: 500, requests: 1 } });
    run.call('doubt14', 'running');
    await phase('Doubt').getByText('12 of 26 · 11 completed · 1 failed · 5 running · 9 queued').waitFor();
    await call('sceptic 2 of power').getByText('5.5k').waitFor();
    run.call('late', 'running', { label: 'one more', phase: 'Nobody declared it' });
    await phase('Nobody declared it').getByText('0 of 1 · 1 running').waitFor();
    // What has ended is folded; a person opens it.
    expect(await call('tide table').count()).toBe(0);
    await phase('Read').getByRole('button', { name: 'Read' }).click();
    await call('tide table').getByRole('button').first().click();
    await page.getByText('Read the tide table. What is broken?').waitFor();
    await page.getByText('Low water of 14 June').waitFor();
    expect(new URL(page.url()).hash).toBe('#read0');
    expect(complaints).toEqual([]);
  });

  test('asks at its call, and goes on when it is answered', async () => {
    const fakeRuns = await serve();
    const run = runningScriptScene(fakeRuns);
    await open(addressOf(run));
    await page.getByRole('link', { name: 'may it wake the crew' }).click();
    const card = page.getByRole('region', { name: 'Question: may it wake the crew' });
    await card.getByLabel('Whom').selectOption('watch');
    await card.getByRole('button', { name: 'Approve' }).click();
    await card.waitFor({ state: 'detached' });
    await phase('Report').getByText('1 completed').waitFor();
    expect(complaints).toEqual([]);
  });

  test('opens the session of an agent, and leads back to its call', async () => {
    const fakeRuns = await serve();
    const run = runningScriptScene(fakeRuns);
    server.fakeSessions.create({ id: 's1', title: 'sceptic', runId: 'r1', node: 'run/r1/step/doubt0' });
    run.call('doubt0', 'completed', { sessionId: 's1' });
    await open(addressOf(run));
    await call('sceptic 1 of tide table').getByRole('link', { name: 'Session' }).click();
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
    await page.getByRole('link', { name: /^run r1/ }).click();
    await page.locator('ev-script-call[target]').waitFor();
    expect(complaints).toEqual([]);
  });

  test('the narration follows its end, stays where somebody reads, and shows all on demand', async () => {
    const fakeRuns = await serve();
    const run = runningScriptScene(fakeRuns);
    await open(addressOf(run, '', 'overview'));
    const log = page.getByRole('log', { name: 'What the script says' });
    const below = () => log.evaluate((it) => Math.round(it.scrollHeight - it.scrollTop - it.clientHeight));
    for (let at = 0; at < 300; at += 1) run.say('log', `said ${at}`);
    await log.getByText('said 299').waitFor();
    await eventually(below).toBeLessThan(4);
    await log.evaluate((it) => it.scrollTo({ top: 100 }));
    await page.getByRole('button', { name: 'To the end' }).waitFor();
    run.say('log', 'said behind the back');
    await log.getByText('said behind the back').waitFor({ state: 'attached' });
    expect(await below()).toBeGreaterThan(200);
    await page.getByRole('button', { name: 'To the end' }).click();
    await eventually(below).toBeLessThan(4);
    expect(await log.getByText('said 50', { exact: true }).count()).toBe(0);
    await log.getByRole('button', { name: 'Show all 307' }).click();
    await log.getByText('said 50', { exact: true }).waitFor({ state: 'attached' });
    expect(complaints).toEqual([]);
  });

  test('starts a script with text or JSON, a budget and permissions; faults keep it from starting', async () => {
    const fakeRuns = await serve();
    await open('/');
    await page.getByRole('button', { name: 'Script', exact: true }).click();
    await page.getByText('Cannot start: 2 errors').waitFor();
    await page.getByText('winter-lights.js:12:19').waitFor();
    expect(await page.getByRole('button', { name: /winter-lights/ }).count()).toBe(0);
    await page.getByText('harbour-review.js:31:3').waitFor();
    await page.getByRole('button', { name: /deep-research/ }).click();
    await page.getByText('Expect 20 to 60 agents').waitFor();
    const start = page.getByRole('button', { name: 'Start deep-research' });
    await start.click();
    await page.getByRole('alert').getByText('was given no arguments').waitFor();
    await page.getByLabel('Budget in tokens').fill('many');
    await start.click();
    await page.getByRole('alert').getByText('the budget "many" is not a number of tokens').waitFor();
    await page.getByLabel('Budget in tokens').fill('1.5M');
    await page.getByLabel('Budget in dollars').fill('$2.50');
    await page.getByRole('button', { name: 'JSON', exact: true }).click();
    await page.getByRole('textbox', { name: 'Arguments' }).fill('{"question": ');
    await start.click();
    await page.getByRole('alert').getByText('the arguments are not JSON').waitFor();
    await page.getByRole('textbox', { name: 'Arguments' }).fill('{"question": "Why?"}');
    await page.getByLabel('Run commands').check();
    await start.click();
    await page.locator('ev-run-header').getByText('0 of 1 calls').waitFor();
    expect(fakeRuns.run('r1').input).toEqual({ question: 'Why?' });
    expect(fakeRuns.run('r1').view.run).toMatchObject({ allow: ['run'], budget: { tokens: 1_500_000, dollars: 2.5 } });
    await page.getByRole('link', { name: /deep-research.*script/ }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('re-runs with an agent afresh, other arguments and budget; says what was reused and what ran', async () => {
    const fakeRuns = await serve();
    const run = failedScriptScene(fakeRuns);
    await open(addressOf(run));
    await page.getByRole('alert').getByText('harbour-review.js:21:44').waitFor();
    await call('buoys').getByRole('button').first().click();
    await page.getByRole('button', { name: 'Re-run with this agent afresh' }).click();
    await eventually(() => dialog().getByRole('checkbox', { name: 'buoys' }).isChecked()).toBe(true);
    await dialog().getByRole('checkbox', { name: 'crane' }).check();
    await dialog().getByLabel('Budget in tokens').fill('300k');
    await dialog().getByLabel('Arguments').fill('{"parts": ["buoys"]}');
    await dialog().getByLabel('File').selectOption('original');
    await dialog().getByRole('button', { name: 'Re-run' }).click();
    await eventually(() => new URL(page.url()).pathname).toBe('/r/r2');
    expect(fakeRuns.reruns).toEqual([
      {
        id: 'r1',
        body: {
          args: { parts: ['buoys'] },
          budget: { tokens: 300_000 },
          definition: 'original',
          fresh: false,
          freshAgents: ['buoys', 'crane'],
        },
      },
    ]);
    await page.getByRole('link', { name: /^Calls/ }).click();
    await phase('Read').getByText('6 of 9 · 6 completed · 3 running · 6 reused').waitFor();
    await call('buoys').getByText('ran again: it was asked to run afresh').waitFor();
    await call('tide table').getByRole('link', { name: 'run r1' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('shows the result as text of a model, and the file with its changes since', async () => {
    const fakeRuns = await serve();
    const run = rerunScene(fakeRuns);
    run.output = `${run.output}\n\n<img src=x onerror=alert(1)> stays text`;
    await open(addressOf(run, '', 'result'));
    await page.getByRole('heading', { name: 'To be repaired' }).waitFor();
    await page.getByText('<img src=x onerror=alert(1)>').waitFor();
    expect(await page.locator('ev-markdown img').count()).toBe(0);
    await page.getByRole('button', { name: 'harbour-review.js' }).click();
    await dialog().getByRole('group', { name: 'Difference' }).getByText('votes.every').waitFor();
    expect(complaints).toEqual([]);
  });

  test('1,000 calls: filters, shows more, follows their ends', async () => {
    const fakeRuns = await serve();
    const run = thousandScene(fakeRuns);
    await open(addressOf(run));
    const index = phase('Index');
    await index.getByText('612 of 1,000 · 606 completed · 6 failed · 16 running · 372 queued').waitFor();
    const rows = index.locator('ev-script-call');
    await eventually(() => rows.count()).toBe(22);
    await index.getByRole('button', { name: 'all 1,000' }).click();
    await eventually(() => rows.count()).toBe(100);
    await index.getByRole('button', { name: 'Show 200 more' }).click();
    await index.getByText('300 of 1,000 are shown').waitFor();
    for (let at = 612; at < 1000; at += 1) {
      run.call(`page${at}`, 'running');
      run.call(`page${at}`, 'completed');
    }
    await index.getByText('1,000 of 1,000 · 994 completed · 6 failed').waitFor();
    await index.getByRole('button', { name: 'failed 6', exact: true }).click();
    await eventually(() => rows.count()).toBe(6);
    await page.goto(`${server.url}${addressOf(run, '#page900')}`);
    await page.locator('ev-script-call[target]').getByText('page 900').waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    await page.reload();
    const target = page.locator('ev-script-call[target] .row');
    await eventually(() =>
      target.evaluate((it) => Math.abs(it.getBoundingClientRect().top - innerHeight / 2)),
    ).toBeLessThan(300);
    expect(complaints).toEqual([]);
  });

  test('works by keyboard: from phase to phase and call to call', async () => {
    const fakeRuns = await serve();
    await open(addressOf(rerunScene(fakeRuns)));
    await phase('Read').getByRole('button', { name: 'Read' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await eventually(() => new URL(page.url()).hash).toBe('#read1');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await eventually(() => new URL(page.url()).hash).toBe('#report');
    await page.keyboard.press('x');
    await page.getByRole('heading', { name: 'Start a script' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('fits a narrow screen with names without blanks and 3,000 lines', async () => {
    const fakeRuns = await serve();
    await open(addressOf(longScriptScene(fakeRuns)), { viewport: { width: 360, height: 740 } });
    await page.getByText('2 of 2 · 1 completed · 1 failed').waitFor();
    await page.getByText('agent c1f0e9a8').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await page.locator('ev-run-page').evaluate((it) => it.scrollWidth - it.clientWidth)).toBe(0);
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByText('2,800 earlier lines').waitFor({ state: 'attached' });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await page.locator('ev-run-overview').evaluate((it) => it.scrollWidth - it.clientWidth)).toBe(0);
    expect(complaints).toEqual([]);
  });
});
