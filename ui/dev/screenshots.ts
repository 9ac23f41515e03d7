import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { startBrowser } from './browser.ts';
import { largeScene } from './graph-scenes.ts';
import { richReply } from './rich-reply.ts';
import { completedScene, failedScene, longScene, manyScene, runningScene, waitingScene } from './run-scenes.ts';
import { failedScriptScene, longScriptScene, rerunScene, runningScriptScene, thousandScene } from './script-scenes.ts';
import { startDevServer } from './server.ts';
import { harbourScene } from './session-scene.ts';

/** Writes pictures of the built console over the development server, to look at: into SCREENSHOTS, or a temporary folder. */
const folder = process.env.SCREENSHOTS ?? `${tmpdir()}/everturn-screenshots/`;
const only = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const { browser, close } = await startBrowser();
const server = await startDevServer({ pace: 12 });
const { fakeSessions, fakeRuns, fakeSubagents } = server;

const until = async (page: Page, text: string): Promise<void> => page.getByText(text).first().waitFor();
const wide = { width: 1280, height: 860 };
const shoot = async (
  name: string,
  path: string,
  ready: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> => {
  if (only.length > 0 && !only.includes(name)) return;
  const context = await browser.newContext({ viewport: wide, colorScheme: 'light', ...options });
  const page = await context.newPage();
  const [address, place] = path.split('#');
  await page.goto(`${server.url}${address}#${place ? `${place}&` : ''}token=${server.token}`);
  await ready(page);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: `${folder}${name}.png` });
  await context.close();
};

await shoot('empty', '/', (page) => until(page, 'No sessions yet'));

const session = (text: string, title = ''): string => {
  const { id } = fakeSessions.create({ title });
  fakeSessions.send(id, { text });
  return id;
};
const settled = async (id: string): Promise<void> => {
  const { stream } = fakeSessions.entry(id);
  if (stream.view.turns[1] && stream.view.turns[1].status !== 'running') return;
  await new Promise<void>((resolve) => {
    stream.listeners.add(({ event }) => {
      if (event.type === 'turn.settled') resolve();
    });
  });
};
for (const title of ['Plan the winter lights', 'Why does buoy 7 stay dark at low tide?', 'Release notes for 1.4']) {
  await settled(session('short: hello', title));
}
const failing = session('Check the moon table too: this will fail', 'Check the moon table');
await settled(failing);
const changing = session(
  'The lead time looks wrong. Please fix it in src/plan.ts and run the tests.',
  'Fix the lead time',
);
const reading = session('Which files are here, and what does README.md say this project is?', 'What is this project?');
await settled(reading);

const answered = (page: Page) => until(page, '2 requests');
const tall = { width: 1280, height: 1120 };
await shoot('light', `/s/${reading}`, answered, { viewport: tall });
const rich = fakeSessions.create({ title: 'Why is buoy 9 late?' }).id;
fakeSessions.say(rich, richReply);
const formula = async (page: Page): Promise<void> => {
  await page.locator('ev-markdown .formula').first().waitFor();
  await page.locator('ev-turn .reply').evaluate((reply) => reply.scrollIntoView());
};
const whole = { width: 1280, height: 1500 };
await shoot('text-light', `/s/${rich}`, formula, { viewport: whole });
await shoot('text-dark', `/s/${rich}`, formula, { viewport: whole, colorScheme: 'dark' });
await shoot('text-narrow', `/s/${rich}`, formula, { viewport: { width: 390, height: 1900 }, colorScheme: 'dark' });
await shoot('search', `/s/${reading}`, async (page) => {
  await answered(page);
  await page.getByRole('searchbox').fill('project');
  await until(page, 'In what was said');
});
await shoot('dark', `/s/${reading}`, answered, { viewport: tall, colorScheme: 'dark' });
await shoot('narrow', `/s/${reading}`, answered, { viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
await shoot('approval', `/s/${changing}`, (page) => until(page, 'The agent wants to edit a file'));
await shoot(
  'inbox',
  '/',
  async (page) => {
    await page.getByRole('button', { name: 'Inbox 1 waiting' }).click();
    await until(page, 'Open the session');
  },
  { colorScheme: 'dark' },
);
await shoot('error', `/s/${failing}`, (page) => until(page, 'The provider refused the key'));
await shoot('trace', `/s/${reading}`, async (page) => {
  await page.getByText('2 requests').click();
  await page.getByRole('button', { name: /^read_file/ }).click();
  await page.locator('ev-waterfall').scrollIntoViewIfNeeded();
});

const long = session('Look at the whole harbour: a long and slow round, please.', 'The whole harbour');
await shoot(
  'streaming',
  `/s/${long}`,
  async (page) => {
    await until(page, 'Part 2.');
    await page.getByRole('textbox', { name: 'Message' }).fill('And which of them are due for repair?');
    await page.keyboard.press('Enter');
    await until(page, 'Waits for the running turn');
    await until(page, 'Part 3.');
  },
  { colorScheme: 'dark' },
);
await shoot('reconnecting', `/s/${reading}`, async (page) => {
  await until(page, '2 requests');
  server.away(true);
  await until(page, 'Reconnecting');
  await page.getByRole('textbox', { name: 'Message' }).fill('And who wrote it?');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Send again' }).waitFor();
  await page.getByText(/next try in/).waitFor();
});
server.away(false);
const running = runningScene(fakeRuns);
const waiting = waitingScene(fakeRuns);
const failed = failedScene(fakeRuns);
const completed = completedScene(fakeRuns);
const many = manyScene(fakeRuns);
const long200 = longScene(fakeRuns);
const at = ({ view }: typeof running, hash = ''): string => `/r/${view.run.id}${hash}`;
const live = (page: Page) => page.getByText('Live', { exact: true }).waitFor();
const dark = { colorScheme: 'dark' as const };
const small = { viewport: { width: 390, height: 844 } };
await shoot('run-running', at(running, '#search/3'), async (page) => {
  await live(page);
  await page.locator('ev-items li').nth(3).waitFor();
});
await shoot('run-waiting', at(waiting), live, dark);
await shoot('run-failed', at(failed, '#review'), live, { viewport: tall });
await shoot('run-report', `${at(completed)}/result`, (page) => until(page, 'What contradicts it'), { viewport: tall });
await shoot('run-items', at(many, '#index'), (page) => until(page, 'all 10,000'), dark);
await shoot('run-narrow', at(waiting), live, { ...small, ...dark });
await shoot('run-many-steps', at(long200), live);
await shoot('run-many-steps-narrow', at(long200), live, small);
await shoot(
  'start-flow',
  '/#flow/research-report',
  async (page) => {
    await page.getByLabel('Question').fill('Why?');
    await page.getByLabel('Searches at once').fill('40');
    await page.getByRole('button', { name: 'Start research-report' }).click();
    await page.getByRole('alert').first().waitFor();
  },
  { viewport: tall },
);
await shoot('start-flow-dark', '/#flow', (page) => until(page, 'winter-plan'), dark);
await shoot('rerun', at(completed), async (page) => {
  await live(page);
  await page.getByRole('button', { name: 'Re-run…' }).click();
  await until(page, 'Results whose inputs');
});
await shoot(
  'inbox-questions',
  at(running),
  async (page) => {
    await live(page);
    await page.keyboard.press('a');
    await until(page, 'Open the run');
  },
  dark,
);
const script = runningScriptScene(fakeRuns);
const rerun = rerunScene(fakeRuns);
await shoot('script-run-dark', at(script, '#read0'), live, { ...dark, viewport: { width: 1600, height: 1120 } });
await shoot('script-run-light', at(script), live, { viewport: tall });
await shoot('script-run-narrow', at(script), live, { ...small, ...dark });
await shoot('script-rerun', at(rerun), live, { viewport: tall });
await shoot('script-many', at(thousandScene(fakeRuns)), live, dark);
await shoot('script-failed', at(failedScriptScene(fakeRuns)), live);
await shoot('script-long-narrow', at(longScriptScene(fakeRuns)), live, small);
await shoot('script-definition', at(script), async (page) => {
  await live(page);
  await page.getByRole('button', { name: 'harbour-review.js' }).click();
  await until(page, 'Changed since');
});
await shoot('script-rerun-dialog', at(rerun), async (page) => {
  await live(page);
  await page.getByRole('button', { name: 'Re-run…' }).click();
  await until(page, 'afresh');
});
await shoot(
  'start-script',
  '/#script/deep-research',
  async (page) => {
    await page.getByRole('textbox', { name: 'Arguments' }).fill('Why does buoy 7 stay dark at low tide?');
  },
  { viewport: { width: 1280, height: 1240 } },
);
const graphed = (page: Page) => page.locator('ev-run-graph [data-node]').first().waitFor();
const charted = (page: Page) => page.locator('ev-statechart [data-state]').first().waitFor();
const vast = { viewport: { width: 2560, height: 1440 } };
const usual = { viewport: { width: 1440, height: 900 } };
const [sixty, fiveHundred] = [largeScene(fakeRuns, 60), largeScene(fakeRuns, 500)];
await shoot('console-graph-dark', `${at(waiting)}/graph#approve`, graphed, { ...dark, ...usual });
await shoot('graph-9-light', `${at(waiting)}/graph#figures`, graphed, usual);
await shoot('graph-9-narrow', `${at(waiting)}/graph`, graphed, small);
await shoot('graph-9-vast', `${at(waiting)}/graph#search`, graphed, vast);
await shoot('graph-60-light', `${at(sixty)}/graph`, graphed, usual);
await shoot('graph-60-dark', `${at(sixty)}/graph`, graphed, { ...dark, ...vast });
await shoot('graph-60-narrow', `${at(sixty)}/graph`, graphed, { ...small, ...dark });
await shoot('graph-500-light', `${at(fiveHundred)}/graph`, graphed, usual);
await shoot('graph-500-dark', `${at(fiveHundred)}/graph`, graphed, { ...dark, ...vast });
await shoot('graph-script-dark', `${at(script)}/graph#doubt9`, graphed, { ...dark, ...usual });
await shoot('graph-script-many', `${at(thousandScene(fakeRuns))}/graph`, graphed, usual);
const compared = (page: Page) => page.getByRole('row').nth(3).waitFor();
await shoot('console-compare', `${at(waiting)}/compare/${completed.view.run.id}`, compared, usual);
await shoot('compare-dark', `${at(waiting)}/compare/${completed.view.run.id}`, compared, { ...dark, ...vast });
await shoot('compare-narrow', `${at(waiting)}/compare/${completed.view.run.id}`, compared, small);
await shoot('compare-choose', `${at(waiting)}/compare`, (page) => until(page, 'Re-run of'), usual);
await shoot('console-machine-dark', `/w/${encodeURIComponent('run/r1/step/plan')}`, charted, { ...dark, ...usual });
await shoot('machine-light', `/w/${encodeURIComponent('turn/s1/3')}`, charted, usual);
await shoot('machine-vast', `/w/${encodeURIComponent('turn/s1/3')}`, charted, vast);
await shoot('machine-narrow', `/w/${encodeURIComponent('turn/s1/3')}`, charted, small);
await shoot('overview-light', at(running), live, usual);
await shoot('overview-dark', at(script), live, { ...dark, ...vast });
await shoot('overview-narrow', at(waiting), live, small);
await shoot('run-unknown', '/r/none', (page) => until(page, 'This run does not exist'));
const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();
const child = (title: string) => ({ sessionId: fakeSessions.create({ title, parentId: reading }).id });
fakeSubagents.spawn(changing, 'Run the whole test suite', { ...child('tests'), startedAt: ago(95_000) });
fakeSubagents.spawn(reading, 'Summarise src/plan.ts', {
  ...child('plan'),
  status: 'completed',
  startedAt: ago(80_000),
  endedAt: ago(20_000),
});
fakeSubagents.spawn(reading, 'Look for buoys without a light', {
  ...child('buoys'),
  status: 'failed',
  code: 'model_unauthorized',
  reason: 'The provider refused the key. Check the key that everturn.yaml names',
  startedAt: ago(70_000),
  endedAt: ago(66_000),
});
fakeSubagents.spawn(reading, 'Check the tide tables of the last ten years against the moon table', child('tides'));
fakeSubagents.spawn(reading, 'Read every file under docs and list what is out of date', {
  ...child('docs'),
  cancelling: true,
});
const counting = fakeSubagents.spawn(reading, 'Count the lines', { ...child('lines'), startedAt: ago(9_000) });
fakeSubagents.spawn(reading, 'Draw a map of the harbour', {
  ...child('map'),
  status: 'queued',
  ahead: 0,
  startedAt: null,
});
const pane = async (page: Page): Promise<void> => {
  await answered(page);
  await page.getByRole('button', { name: /^Background agents/ }).click();
  await until(page, 'queued');
};
await shoot('subagents', `/s/${reading}`, pane);
await shoot(
  'subagents-dark',
  `/s/${reading}`,
  async (page) => {
    await pane(page);
    await page.getByRole('button', { name: 'All sessions' }).click();
  },
  dark,
);
await shoot('subagents-notice', `/s/${reading}`, async (page) => {
  await answered(page);
  await page.getByLabel('5 running').waitFor();
  fakeSubagents.set(counting.id, { status: 'completed', endedAt: ago(0) });
  await until(page, 'has completed');
});
await shoot(
  'subagents-narrow',
  `/s/${reading}`,
  async (page) => {
    await answered(page);
    await page.locator('ev-session-header').getByRole('button', { name: 'Sessions' }).click();
    await page.getByRole('button', { name: /^Background agents/ }).click();
    await until(page, 'queued');
  },
  { ...small, ...dark },
);
const harbour = await harbourScene(server);
const sized = (width: number, height = 900) => ({ viewport: { width, height } });
const beside = (page: Page) => until(page, 'cached overall');
await shoot('session-turns', `/s/${harbour}`, beside, sized(1440));
await shoot('session-turns-dark', `/s/${harbour}`, beside, { ...sized(1440), ...dark });
await shoot(
  'session-wide',
  `/s/${harbour}#turn-2/step-3/call-0`,
  (page) => until(page, 'Changed files'),
  sized(2560, 1300),
);
const requested = async (page: Page): Promise<void> => {
  await until(page, 'Its hash is the one recorded');
};
await shoot('session-request', `/s/${harbour}#turn-2/step-1`, requested, sized(1440, 1100));
await shoot('session-request-dark', `/s/${harbour}#turn-2/step-1`, requested, { ...sized(1440, 1100), ...dark });
const openTab = (name: string) => async (page: Page) => {
  await beside(page);
  await page.getByRole('tab', { name }).click();
};
await shoot(
  'session-changes',
  `/s/${harbour}`,
  async (page) => {
    await openTab('Changes')(page);
    await page.getByRole('button', { name: /src\/plan.ts/ }).click();
    await until(page, 'Apply');
  },
  { ...sized(1440, 1100), ...dark },
);
await shoot('session-tasks', `/s/${harbour}`, openTab('Tasks'), sized(1440));
await shoot('session-narrow', `/s/${harbour}`, (page) => until(page, 'Live'), { ...small, ...dark });
await shoot('session-narrow-call', `/s/${harbour}#turn-2/step-3/call-0`, (page) => until(page, 'Changed files'), small);
const watched = fakeSessions.create({ title: 'Which buoys are dark?' }).id;
await shoot(
  'console-crash',
  `/s/${watched}`,
  async (page) => {
    await until(page, 'No messages yet');
    fakeSessions.survive(watched);
    await page.getByRole('button', { name: 'Show what it had written' }).click();
    await until(page, 'crash survived');
    await page.getByRole('button', { name: /2 requests/ }).click();
    await until(page, 'Worker lost after 12.3 s');
  },
  sized(1440),
);
await shoot(
  'console-trace-dark',
  `/s/${harbour}`,
  async (page) => {
    await beside(page);
    await page.getByRole('button', { name: 'Trace of the session' }).click();
    await page.getByRole('button', { name: /Worker lost/ }).click();
    await until(page, 'Attempts');
  },
  { ...sized(1440), ...dark },
);
const asked = fakeSessions.create({ title: 'Zones' }).id;
fakeSessions.send(asked, { text: 'In which zone is the plan?' });
await shoot('session-asked', `/s/${asked}`, (page) => until(page, 'The agent asks'), { ...sized(1440), ...dark });
await shoot(
  'session-trace-tree',
  `/s/${harbour}`,
  async (page) => {
    await beside(page);
    await page.getByRole('button', { name: 'Trace of the session' }).click();
    await page.getByRole('button', { name: 'Tree', exact: true }).click();
    await page.getByRole('button', { name: /^run_command/ }).click();
    await until(page, 'Output');
  },
  sized(1440),
);
await close();
await server.close();
console.log(folder);
