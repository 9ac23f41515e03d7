import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { axeFaultsIn } from './dev/axe.ts';
import { consoleTest } from './dev/console-test.ts';
import { richReply } from './dev/rich-reply.ts';
import { completedScene, failedScene, runningScene, waitingScene } from './dev/run-scenes.ts';
import { failedScriptScene, runningScriptScene } from './dev/script-scenes.ts';
import type { DevServer } from './dev/server.ts';

const says = (text: string | RegExp) => async (page: Page) => page.getByText(text).first().waitFor();
const press = (key: string, then: (page: Page) => Promise<void>) => async (page: Page) => {
  await page
    .getByText('Live', { exact: true })
    .or(page.getByRole('heading', { name: 'Start a session' }))
    .first()
    .waitFor();
  await page.locator('body').press(key);
  await then(page);
};
const heading = (name: string) => async (page: Page) =>
  page.getByRole('heading', { name, exact: true }).first().waitFor();
const dialog = async (page: Page): Promise<void> => page.getByRole('dialog').waitFor();

/** Every view by its address, with what is there when it is drawn. Ids are those of `seed`. */
const views: { name: string; path: string; ready: (page: Page) => Promise<void> }[] = [
  { name: 'start', path: '/', ready: says('Offline model') },
  { name: 'start a flow', path: '/#flow/research-report', ready: says('Searches at once') },
  { name: 'start a script', path: '/#script/deep-research', ready: says('Arguments') },
  { name: 'rich reply', path: '/s/rich', ready: async (page) => page.locator('.formula').first().waitFor() },
  { name: 'approval', path: '/s/approval', ready: says('The agent wants to edit a file') },
  { name: 'crash', path: '/s/crash', ready: says('Worker lost') },
  { name: 'failed session', path: '/s/failed', ready: says('The provider refused the key') },
  { name: 'running flow', path: '/r/running', ready: says('Live') },
  { name: 'waiting flow', path: '/r/waiting', ready: says('Live') },
  { name: 'completed flow', path: '/r/completed/result', ready: says('What contradicts it') },
  {
    name: 'steps of a flow',
    path: '/r/completed/steps',
    ready: async (page) => page.locator('ev-steps').first().waitFor(),
  },
  {
    name: 'graph of a flow',
    path: '/r/waiting/graph',
    ready: async (page) => page.locator('ev-run-graph').first().waitFor(),
  },
  { name: 'timeline of a run', path: '/r/completed/timeline', ready: says('Live') },
  { name: 'failed flow', path: '/r/failed', ready: says('Live') },
  { name: 'script', path: '/r/script', ready: says('Live') },
  { name: 'failed script', path: '/r/script-failed', ready: says('Live') },
  { name: 'no such session', path: '/s/none', ready: says('This session does not exist') },
  { name: 'no such run', path: '/r/none', ready: says('This run does not exist') },
  { name: 'no such page', path: '/nowhere', ready: says('Page not found') },
  { name: 'inbox', path: '/s/rich', ready: press('a', dialog) },
  { name: 'keys', path: '/s/rich', ready: press('?', dialog) },
  { name: 'palette', path: '/s/rich', ready: press('Control+k', dialog) },
  { name: 'all sessions', path: '/sessions', ready: heading('Sessions') },
  { name: 'all runs', path: '/runs', ready: heading('Runs') },
  { name: 'inbox page', path: '/inbox', ready: heading('Inbox') },
  { name: 'schedules', path: '/schedules', ready: heading('Schedules') },
  { name: 'usage', path: '/usage', ready: heading('Usage') },
  { name: 'health', path: '/health', ready: heading('Health') },
  { name: 'settings', path: '/settings', ready: heading('Settings') },
  { name: 'background agents', path: '/s/rich', ready: press('b', dialog) },
];

/** The ids of the views' addresses, by the ones that the server gave. */
const seed = async ({ fakeSessions, fakeRuns }: DevServer): Promise<Record<string, string>> => {
  const session = (title: string, text?: string): string => {
    const { id } = fakeSessions.create({ title });
    if (text !== undefined) fakeSessions.send(id, { text });
    return id;
  };
  const rich = session('Why is buoy 9 late?');
  fakeSessions.say(rich, richReply);
  const crash = session('Which buoys are dark?');
  fakeSessions.survive(crash);
  const ids = {
    '/s/rich': rich,
    '/s/crash': crash,
    '/s/approval': session('Fix the lead', 'fix the lead'),
    '/s/failed': session('Moon table', 'this will fail'),
    '/r/running': runningScene(fakeRuns).view.run.id,
    '/r/waiting': waitingScene(fakeRuns).view.run.id,
    '/r/completed': completedScene(fakeRuns).view.run.id,
    '/r/failed': failedScene(fakeRuns).view.run.id,
    '/r/script': runningScriptScene(fakeRuns).view.run.id,
    '/r/script-failed': failedScriptScene(fakeRuns).view.run.id,
  };
  return Object.fromEntries(Object.entries(ids).map(([path, id]) => [path, `${path.slice(0, 3)}${id}`]));
};

describe('axe in Chromium', () => {
  const shown = consoleTest();

  test('finds nothing wrong with any view, in light and dark', async () => {
    const server = await shown.serve();
    const addresses = await seed(server);
    const page = await shown.open('/');
    const faults: Record<string, string[]> = {};
    for (const { name, path, ready } of views) {
      await page.goto('about:blank');
      const seeded = Object.keys(addresses).find((known) => path === known || path.startsWith(`${known}/`));
      await page.goto(`${server.url}${seeded === undefined ? path : path.replace(seeded, addresses[seeded] ?? '')}`);
      await ready(page);
      const found = await axeFaultsIn(page);
      if (found.length > 0) faults[name] = found;
    }
    expect(faults).toEqual({});
  });
});
