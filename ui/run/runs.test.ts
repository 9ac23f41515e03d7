import { readFile } from 'node:fs/promises';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { consoleTest, eventually } from '../dev/console-test.ts';
import { completedScene, failedScene, longScene, manyScene, runningScene, waitingScene } from '../dev/run-scenes.ts';
import type { RunStream } from '../dev/run-stream.ts';
import type { DevServer } from '../dev/server.ts';

describe('runs in Chromium', () => {
  const shown = consoleTest();
  let server: DevServer;
  let page: Page;
  const { complaints } = shown;
  const { asked } = shown;

  const serve = async (): Promise<DevServer['fakeRuns']> => {
    server = await shown.serve();
    return server.fakeRuns;
  };

  const open = async (path: string, options: BrowserContextOptions = {}): Promise<void> => {
    page = await shown.open(path, options);
  };

  /** Of its list of steps, unless another view is named. */
  const addressOf = ({ view }: RunStream, hash = '', tab = 'steps'): string => `/r/${view.run.id}/${tab}${hash}`;
  const step = (name: string) =>
    page.locator('ev-step').filter({ has: page.getByRole('button', { name, exact: false }) });
  const head = (name: string) => page.getByRole('button', { name: new RegExp(`${name}$`) });
  const dialog = () => page.locator('ev-dialog');

  test('shows steps as they change, with what they used, and the counts of a map', async () => {
    const fakeRuns = await serve();
    const run = runningScene(fakeRuns);
    await open(addressOf(run));
    await page.getByText('3 completed · 1 failed · 1 running · 1 pending').waitFor();
    await page.getByText('1 of 9 steps').waitFor();
    run.item('search', 4, 'completed');
    run.item('search', 5, 'running');
    await page.getByText('5 of 6 · 4 completed · 1 failed · 1 running').waitFor();
    run.item('search', 5, 'completed');
    run.node('search', 'failed', { code: 'join_failed', reason: 'Too few members completed: 5 of 6' });
    await page.getByText('Too few members completed: 5 of 6').waitFor();
    await page.getByText('2 of 9 steps').waitFor();
    expect(await page.getByText('After crosscheck, skim').count()).toBe(1);
    expect(await page.getByText('depth: case 1').count()).toBe(1);
    run.settle('failed', 'run_failed', 'The step search failed and nothing tolerates it');
    await page.getByRole('alert').getByText('The run failed.').waitFor();
    await page.getByRole('link', { name: /research-report failed/ }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('goes on where it stood after cut connections', async () => {
    const fakeRuns = await serve();
    const run = fakeRuns.create({}, { steps: [{ id: 'all', kind: 'map' }] });
    run.map('all', 30);
    await open(addressOf(run));
    for (let index = 0; index < 30; index += 1) {
      if (index % 10 === 5) server.cut();
      run.item('all', index, 'running');
      run.item('all', index, index % 7 === 3 ? 'failed' : 'completed');
      if (index % 10 === 0) await page.getByText(`${index + 1} of 30`).waitFor();
    }
    await page.getByText('30 of 30 · 26 completed · 4 failed').waitFor();
  });

  test('pauses, resumes, and cancels after a question', async () => {
    const fakeRuns = await serve();
    const run = runningScene(fakeRuns);
    await open(addressOf(run));
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.locator('ev-run-header').getByText('paused').waitFor();
    expect(run.view.run.paused).toBe(true);
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.getByRole('button', { name: 'Cancel…' }).click();
    await dialog().getByRole('button', { name: 'Keep running' }).click();
    expect(run.view.run.status).toBe('running');
    await page.getByRole('button', { name: 'Cancel…' }).click();
    await dialog().getByRole('button', { name: 'Cancel run' }).click();
    await page.getByText('The run was cancelled.').waitFor();
    await page.getByText('3 completed · 1 failed · 2 cancelled').waitFor();
    expect(complaints).toEqual([]);
  });

  test('re-runs from a step, with an edited input', async () => {
    const fakeRuns = await serve();
    const run = completedScene(fakeRuns);
    await open(addressOf(run, '#figures'));
    await page.getByRole('button', { name: 'Re-run from here' }).click();
    expect(await dialog().getByLabel('From').inputValue()).toBe('figures');
    await dialog().getByLabel('Input').fill('{"question": ');
    await dialog().getByRole('button', { name: 'Re-run' }).click();
    await dialog().getByText('the input is not JSON').waitFor();
    await dialog().getByLabel('Input').fill('{"question": "Another one?"}');
    await dialog().getByRole('button', { name: 'Re-run' }).click();
    await page.getByText('from figures').waitFor();
    expect(new URL(page.url()).pathname).toBe('/r/r2');
    expect(fakeRuns.reruns).toEqual([
      {
        id: 'r1',
        body: {
          from: 'figures',
          input: { question: 'Another one?' },
          definition: 'current',
          fresh: false,
          freshAgents: [],
        },
      },
    ]);
    await page.locator('ev-run-header').getByRole('link', { name: 'r1', exact: true }).click();
    await page.getByRole('link', { name: 'Show the result' }).click();
    await page.getByRole('heading', { name: 'Why buoy 7 stays dark' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/r/r1/result');
    expect(complaints).toEqual([]);
  });

  test('asks at the step with a form, names the field that does not fit, and takes the answer', async () => {
    const fakeRuns = await serve();
    const run = waitingScene(fakeRuns);
    await open(addressOf(run));
    const card = page.getByRole('region', { name: 'Question: approve' });
    await card.getByText('May be answered by ada, grace').waitFor();
    await page.getByRole('button', { name: 'Inbox 1 waiting' }).waitFor();
    await card.getByRole('button', { name: 'Approve' }).click();
    await card.getByText('Who reads it is required').waitFor();
    await card.getByLabel('Who reads it').selectOption('crew');
    await card.getByLabel('Pages at most').fill('3');
    await card.getByLabel('Mention the log of June').check();
    await card.getByLabel('Note').fill('Be short');
    await card.getByRole('button', { name: 'Approve' }).click();
    await card.waitFor({ state: 'detached' });
    expect(run.view.nodes.approve?.status).toBe('completed');
    const answered = run.events.flatMap(({ event }) => (event.type === 'question.changed' ? [event.question] : []));
    expect(answered.at(-1)).toMatchObject({
      decision: 'approve',
      note: 'Be short',
      fields: { audience: 'crew', pages: 3, doubt: true },
    });
    expect(complaints).toEqual([]);
  });

  test('lists questions in the inbox beside approvals', async () => {
    const fakeRuns = await serve();
    const run = waitingScene(fakeRuns);
    await open('/');
    await page.getByRole('button', { name: 'Inbox 1 waiting' }).click();
    await dialog().getByRole('button', { name: 'Deny' }).click();
    await dialog().getByText('Nothing is waiting for you').waitFor();
    expect(run.view.nodes.approve?.status).toBe('failed');
    await eventually(() => page.title()).toBe('Everturn');
    expect(complaints).toEqual([]);
  });

  test('pages 10,000 items, filters them, opens one by its address', async () => {
    const fakeRuns = await serve();
    const run = manyScene(fakeRuns);
    run.outputs.set('run/r1/step/index/item/7300', 'page seven thousand three hundred');
    await open(addressOf(run, '#index/7300'));
    await page.getByText('page seven thousand three hundred').waitFor();
    const items = page.locator('ev-items li');
    expect(await items.count()).toBe(100);
    await page.getByRole('button', { name: 'Items before' }).click();
    await page.locator('[data-index="7200"]').waitFor();
    await page.getByRole('button', { name: 'Items after' }).click();
    await page.locator('[data-index="7399"]').waitFor();
    await page.getByRole('button', { name: 'failed 12' }).click();
    await eventually(() => items.count()).toBe(12);
    for (let index = 7_312; index < 10_000; index += 1) run.item('index', index, 'completed');
    await page.getByText('10,000 of 10,000 · 9,988 completed · 12 failed').waitFor();
    await page.getByRole('button', { name: /^completed 9,988/ }).click();
    await eventually(() => items.count()).toBe(100);
    await page.getByRole('button', { name: 'Items after' }).click();
    await page.locator('[data-index="101"]').waitFor();
    await page.getByRole('button', { name: 'Items before' }).click();
    await page.locator('[data-index="0"]').waitFor();
    expect(complaints).toEqual([]);
  });

  test('shows results and long reasons on demand, and the session of a step', async () => {
    const fakeRuns = await serve();
    const run = failedScene(fakeRuns);
    run.outputs.set('run/r1/step/diff', { files: Array.from({ length: 300 }, (_, at) => `src/file${at}.ts`) });
    server.fakeSessions.create({ id: 's1', title: 'review[0]', runId: 'r1', node: 'run/r1/step/review/item/0' });
    await open(addressOf(run));
    expect(await page.getByText('at item 30').count()).toBe(0);
    await page.getByRole('button', { name: 'the whole reason' }).click();
    await page
      .locator('ev-step')
      .getByRole('button', { name: /Show all/ })
      .click();
    await page.getByText('at item 59').waitFor();
    await head('diff').click();
    await page.getByText('"src/file0.ts"').waitFor();
    expect(new URL(page.url()).hash).toBe('#diff');
    await page.locator('[data-index="0"]').getByRole('link', { name: 'Session' }).click();
    await page.getByRole('link', { name: 'run r1 · review, item 0' }).click();
    await page.locator('li.target[data-index="0"]').waitFor();
    expect(new URL(page.url()).pathname + new URL(page.url()).hash).toBe('/r/r1#review/0');
    expect(complaints).toEqual([]);
  });

  test('renders the report as text of a model, and gives its file', async () => {
    const fakeRuns = await serve();
    const run = completedScene(fakeRuns);
    run.artifacts.set('report.md', '# Findings\n\n<img src=x onerror=alert(1)> stays text');
    await open(addressOf(run, '', 'result'));
    await page.getByRole('heading', { name: 'Findings' }).waitFor();
    await page.getByText('<img src=x onerror=alert(1)>').waitFor();
    expect(await page.locator('ev-markdown img').count()).toBe(0);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('report.md');
    expect(await readFile(await download.path(), 'utf8')).toContain('# Findings');
    expect(complaints).toEqual([]);
  });

  test('starts a flow: its form with the faults of the server at the fields, JSON otherwise, none with faults', async () => {
    const fakeRuns = await serve();
    await open('/');
    await page.getByRole('button', { name: 'Flow', exact: true }).click();
    await page.getByText('Cannot start: 2 errors').waitFor();
    await page.getByText('did you mean "search"?').waitFor();
    expect(await page.getByRole('button', { name: /winter-plan/ }).count()).toBe(0);
    await page.getByRole('button', { name: /research-report/ }).click();
    expect(await page.getByLabel('Folder optional').inputValue()).toBe('.');
    await page.getByLabel('Question').fill('Why?');
    await page.keyboard.press('Enter');
    await page.getByText('Question must have at least 8 characters').waitFor();
    await eventually(() => page.getByLabel('Question').getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('Question').fill('Why is buoy 7 dark?');
    await page.getByLabel('Depth').selectOption('thorough');
    await page.getByLabel('Look in the web').uncheck();
    await page.getByRole('button', { name: 'Start research-report' }).click();
    await page.getByText('0 of 2 steps').waitFor();
    expect(fakeRuns.run('r1').input).toEqual({
      question: 'Why is buoy 7 dark?',
      folder: '.',
      depth: 'thorough',
      searches: 4,
      web: false,
    });
    // What a form cannot say is written as JSON.
    fakeRuns.flows = {
      ...fakeRuns.flows,
      flows: fakeRuns.flows.flows.map((flow) =>
        flow.name === 'review-code' ? { ...flow, inputs: { ...flow.inputs, not: { required: ['never'] } } } : flow,
      ),
    };
    await page.goto(`${server.url}/`);
    await page.goto(`${server.url}/#flow/review-code`);
    await page.reload();
    await page.getByLabel('Input').fill('{"base": 5}');
    await page.getByRole('button', { name: 'Start review-code' }).click();
    await page.getByRole('alert').getByText('input.base: must be string').waitFor();
    expect(complaints).toEqual([]);
  });

  test('an unknown run says so, and a lost connection too', async () => {
    const fakeRuns = await serve();
    const run = runningScene(fakeRuns);
    await open('/r/nothing');
    await page.getByRole('heading', { name: 'This run does not exist' }).waitFor();
    await page.goto(`${server.url}${addressOf(run)}`);
    await page.getByText('Live', { exact: true }).waitFor();
    server.away(true);
    await page.getByText(/follow the streams.* next try in/).waitFor();
    server.away(false);
    await page.getByText('Live', { exact: true }).waitFor();
  });

  test('works by keyboard: the list of runs, its neighbours, the steps, a flow', async () => {
    const fakeRuns = await serve();
    for (const name of ['first', 'second', 'third']) fakeRuns.create({ name }).settle('completed');
    await open('/');
    await page.getByRole('textbox', { name: 'What should the agent do?' }).blur();
    await page.keyboard.press('r');
    await page.getByRole('link', { name: /first/ }).waitFor();
    await eventually(() => page.evaluate(() => document.activeElement?.tagName)).toBe('EV-APP');
    await page.getByRole('link', { name: /third/ }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'second' }).waitFor();
    await page.keyboard.press(']');
    await page.getByRole('heading', { name: 'first' }).waitFor();
    await page.getByRole('link', { name: 'Overview' }).focus();
    for (const _ of ['timeline', 'graph', 'steps']) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await head('plan').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await eventually(() => new URL(page.url()).hash).toBe('#write');
    await page.keyboard.press('f');
    await page.getByRole('heading', { name: 'Start a flow' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'first' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('filters the list of runs; a run of another name wakes only the runs', async () => {
    const fakeRuns = await serve();
    fakeRuns.create({ name: 'good' }).settle('completed');
    fakeRuns.create({ name: 'bad' }).settle('failed');
    await open(addressOf(fakeRuns.run('r1')));
    await page.getByRole('combobox', { name: 'Runs by state' }).selectOption('failed');
    await page.getByRole('link', { name: /good/ }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: /bad/ }).waitFor();
    // Both lists are read at the start, and once more when the wake-ups are connected.
    const reads = () => asked.filter((path) => path === '/api/sessions').length;
    await eventually(reads).toBe(2);
    asked.length = 0;
    fakeRuns.create({ name: 'worse' }).settle('failed');
    await page.getByRole('link', { name: /worse/ }).waitFor();
    expect(asked).toContain('/api/runs');
    expect(asked).not.toContain('/api/sessions');
  });

  test('fits a narrow screen with 200 steps, names without blanks and a reason of 5,000 characters', async () => {
    const fakeRuns = await serve();
    await open(addressOf(longScene(fakeRuns)), { viewport: { width: 360, height: 740 } });
    await page.getByText('81 of 200 steps').waitFor();
    await eventually(() => page.locator('ev-step').count()).toBe(200);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await page.locator('ev-run-page').evaluate((it) => it.scrollWidth - it.clientWidth)).toBe(0);
    await page.getByRole('button', { name: 'the whole reason' }).click();
    await step('step80').getByText('Show all').waitFor();
    expect(await page.locator('ev-run-page').evaluate((it) => it.scrollWidth - it.clientWidth)).toBe(0);
    expect(complaints).toEqual([]);
  });
});
