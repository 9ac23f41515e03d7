import { describe, expect, test } from 'vitest';
import { consoleTest, eventually } from '../dev/console-test.ts';
import { largeFlow, largeScene } from '../dev/graph-scenes.ts';
import { completedScene, failedScene, runningScene, waitingScene } from '../dev/run-scenes.ts';
import { runningScriptScene } from '../dev/script-scenes.ts';

describe('views of a run and of a workflow in Chromium', () => {
  const shown = consoleTest();
  const { complaints } = shown;
  const node = (name: string) => shown.page.locator(`ev-run-graph [data-node="${name}"]`);
  const inspector = () => shown.page.locator('ev-node-inspector');
  const path = () => new URL(shown.page.url()).pathname + new URL(shown.page.url()).hash;

  test('each view has an address that survives a reload; drawing is loaded by those who look at a drawing', async () => {
    const { fakeRuns } = await shown.serve();
    const run = completedScene(fakeRuns);
    run.outputs.set('run/r1/step/write', 'what it wrote');
    const page = await shown.open('/r/r1');
    await page.getByRole('region', { name: 'Progress' }).waitFor();
    expect(shown.asked.some((file) => /layout-worker|canvas|graph/.test(file))).toBe(false);
    const views = page.getByRole('navigation', { name: 'Views of the run' });
    for (const [tab, proof] of [
      ['Timeline', page.getByRole('group', { name: 'Operations by time' })],
      ['Graph', node('plan')],
      ['Steps', page.locator('ev-step').first()],
      ['Result', page.getByRole('heading', { name: 'Why buoy 7 stays dark' })],
    ] as const) {
      await views.getByRole('link', { name: tab }).click();
      await proof.waitFor();
      expect(path()).toBe(`/r/r1/${tab.toLowerCase()}`);
      await page.reload();
      await proof.waitFor();
    }
    // A report is shown there, and nowhere else.
    await views.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('link', { name: 'Show the result' }).waitFor();
    expect(await page.getByText('What contradicts it').count()).toBe(0);
    await page.goto(`${shown.server.url}/r/r1/nowhere`);
    await page.getByRole('heading', { name: 'Page not found' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('the graph follows its run, opens what is behind a node, and takes the answer it waits for', async () => {
    const { fakeRuns, fakeSessions } = await shown.serve();
    completedScene(fakeRuns);
    const run = waitingScene(fakeRuns);
    const page = await shown.open('/r/r2/graph');
    await node('approve').waitFor();
    expect(await node('skim').getAttribute('aria-label')).toBe('skim, code, excluded');
    expect(await node('plan').getAttribute('aria-label')).toBe('plan, agent, reused');
    await page.locator('.group').getByText('3 of 3').waitFor();
    expect(await page.locator('.case.cut').allInnerTexts()).toEqual(['default']);
    await node('figures').click();
    await inspector()
      .getByText(/4,100 tokens, 2,8\d\d cached/)
      .waitFor();
    await inspector().getByRole('link', { name: 'Session' }).waitFor();
    expect(path()).toBe('/r/r2/graph#figures');
    await inspector().getByRole('button', { name: 'crosscheck' }).click();
    await inspector().getByRole('heading', { name: 'crosscheck' }).waitFor();
    await node('approve').click();
    const card = inspector().getByRole('region', { name: 'Question: approve' });
    await card.getByLabel('Who reads it').selectOption('crew');
    await card.getByRole('button', { name: 'Approve' }).click();
    await eventually(() => node('approve').getAttribute('aria-label')).toBe('approve, approval, completed');
    await card.waitFor({ state: 'detached' });
    // A tool call of its agent waits at its node too.
    const { id } = fakeSessions.create({ title: 'write', runId: 'r2', node: 'run/r2/step/write' });
    run.node('write', 'running', { sessionId: id });
    fakeSessions.send(id, { text: 'The lead time looks wrong. Please fix it in src/plan.ts and run the tests.' });
    await eventually(() => node('write').getAttribute('aria-label')).toBe('write, agent, waiting for you');
    await node('write').click();
    await inspector().getByText('The agent wants to edit a file').waitFor();
    expect(complaints).toEqual([]);
  });

  test('works by keyboard: arrows, zoom, fit, the inspector', async () => {
    const { fakeRuns } = await shown.serve();
    completedScene(fakeRuns);
    // Wide enough for a graph from left to right.
    const page = await shown.open('/r/r1/graph', { viewport: { width: 2_400, height: 800 } });
    await node('plan').focus();
    await page.keyboard.press('ArrowRight');
    await eventually(() => node('search').evaluate((it) => it.matches(':focus'))).toBe(true);
    await page.keyboard.press('Enter');
    await inspector().getByRole('heading', { name: 'search' }).waitFor();
    await page.keyboard.press('Escape');
    await inspector().waitFor({ state: 'detached' });
    const scale = page.getByRole('button', { name: 'Fit the whole' });
    const before = await scale.textContent();
    await page.keyboard.press('+');
    await eventually(() => scale.textContent()).not.toBe(before);
    await page.keyboard.press('0');
    await eventually(() => scale.textContent()).toBe(before);
    expect(complaints).toEqual([]);
  });

  test('500 steps fit; of 5,000 it says that they do not, and leads to the list', async () => {
    const { fakeRuns } = await shown.serve();
    largeScene(fakeRuns, 500);
    fakeRuns.create({ name: 'all-of-it' }, largeFlow(5_000));
    const page = await shown.open('/r/r1/graph', { viewport: { width: 1440, height: 900 } });
    await node('plan-0').waitFor({ timeout: 60_000 });
    const isSeen = (name: string) =>
      node(name).evaluate((it) => {
        const { top, left, right, bottom } = it.getBoundingClientRect();
        return top >= 0 && left >= 0 && right <= innerWidth && bottom <= innerHeight;
      });
    // They are drawn over several frames.
    await eventually(() => page.locator('[data-node]').count()).toBeGreaterThanOrEqual(500);
    const names = await page.locator('[data-node]').evaluateAll((all) => all.map((it) => it.getAttribute('data-node')));
    for (const name of [names[0], names.at(-1)]) expect(await isSeen(name ?? '')).toBe(true);
    const run = fakeRuns.run('r1');
    for (const { id } of run.view.steps.slice(300, 340)) run.node(id, 'running');
    await eventually(() => page.locator('.node.running').count()).toBeGreaterThanOrEqual(40);
    await page.goto(`${shown.server.url}/r/r2/graph`);
    await page.getByText(/This run has 5,0\d\d steps/).waitFor();
    const list = page.getByRole('link', { name: 'Show the list' });
    expect(await list.getAttribute('href')).toBe('/r/r2/steps');
    expect(complaints).toEqual([]);
  });

  test('a script: phases with their calls, on a phone', async () => {
    const { fakeRuns } = await shown.serve();
    runningScriptScene(fakeRuns);
    const page = await shown.open('/r/r1/graph', { viewport: { width: 390, height: 844 } });
    await page.locator('.group').getByText('Doubt').waitFor();
    await node('read0').click();
    await inspector().getByText('Low water of 14 June').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(complaints).toEqual([]);
  });

  test('compares with another run that is chosen from its page, results as a difference', async () => {
    const { fakeRuns } = await shown.serve();
    const before = completedScene(fakeRuns);
    const after = waitingScene(fakeRuns);
    failedScene(fakeRuns);
    before.outputs.set('run/r1/step/figures', 'three buoys\nare dark');
    after.outputs.set('run/r2/step/figures', 'two buoys\nare dark');
    const page = await shown.open('/r/r2/compare');
    const origin = page.getByRole('region', { name: 'Re-run of' }).getByRole('link');
    await origin.waitFor();
    // Only runs of the same flow are offered.
    expect(await page.locator('ev-compare li').count()).toBe(1);
    await origin.click();
    await page.getByRole('heading', { name: '5 of 9 steps ended differently' }).waitFor();
    expect(path()).toBe('/r/r2/compare/r1');
    await page.reload();
    await page.getByRole('row', { name: /^plan .*reused/ }).waitFor();
    await page.getByRole('button', { name: 'figures' }).click();
    const difference = page.getByRole('group', { name: 'Difference' });
    await difference.getByText('three buoys').waitFor();
    await difference.getByText('two buoys').waitFor();
    await page.getByLabel('Only what ended differently').check();
    await eventually(() => page.getByRole('button', { name: 'figures' }).count()).toBe(0);
    await page.goto(`${shown.server.url}/r/r2/compare/none`);
    await page.getByRole('alert').getByText('Cannot read run none').waitFor();
    expect(complaints).toEqual([]);
  });

  test('the machine of a workflow: where it is, how it came there, what Temporal knows, and what can be done', async () => {
    const { fakeRuns, fakeWorkflows } = await shown.serve();
    runningScene(fakeRuns);
    const page = await shown.open('/r/r1/graph#plan');
    await inspector().getByRole('link', { name: 'State machine' }).click();
    await page.getByRole('heading', { name: 'Step plan' }).waitFor();
    expect(path()).toBe('/w/run%2Fr1%2Fstep%2Fplan');
    await page.getByRole('button', { name: /^working, where it is now/ }).waitFor();
    await page.getByRole('button', { name: /^pausing, has been there/ }).waitFor();
    const trail = page.getByRole('region', { name: 'Path' });
    await trail.getByText('after timeout').waitFor();
    await page.getByText('148 events').waitFor();
    fakeWorkflows.move('run/r1/step/plan', 'work.ended', 'attempting.concluding');
    await page.getByRole('button', { name: /^concluding, where it is now/ }).waitFor();
    await page.getByRole('button', { name: 'Retry now' }).click();
    await eventually(() => page.getByRole('button', { name: 'Retry now' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Terminate…' }).click();
    const end = page.getByRole('button', { name: 'Terminate', exact: true });
    expect(await end.isDisabled()).toBe(true);
    await page.getByLabel('Reason').fill('It never ends');
    await end.click();
    await page.locator('header').getByRole('status').getByText('terminated').waitFor();
    expect(await page.getByRole('button', { name: 'Cancel…' }).count()).toBe(0);
    await page.goto(`${shown.server.url}/w/somebody/else`);
    await page.getByRole('alert').getByText("is not one of Everturn's").waitFor();
    expect(complaints).toEqual([]);
  });

  test('a viewer may look at a workflow; one whose worker is away says so', async () => {
    const { fakeWorkflows } = await shown.serve({ role: 'viewer' });
    fakeWorkflows.find('turn/s1/2').isAnswered = false;
    const page = await shown.open('/w/turn%2Fs1%2F2');
    await page.getByText('State unknown: Its worker does not answer').waitFor();
    await page.getByRole('button', { name: 'model' }).waitFor();
    expect(await page.getByRole('button', { name: 'Cancel…' }).isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Terminate…' }).isDisabled()).toBe(true);
    expect(complaints).toEqual([]);
  });
});
