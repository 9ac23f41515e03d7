import type { Page } from 'playwright-core';
import type { Span } from '../../../contracts/api.ts';
import { largeScene } from '../../../ui/dev/graph-scenes.ts';
import { manyScene } from '../../../ui/dev/run-scenes.ts';
import type { DevServer } from '../../../ui/dev/server.ts';
import type { BenchOptions } from '../../parts.ts';
import type { Figure, Section } from '../../report.ts';
import { spreadOf } from '../../stats.ts';
import type { Field } from '../field.ts';
import { drawnAt, longestTask, openPage, pause, type Way } from '../page.ts';

const messages = 5_000;
const spans = 10_000;
const events = 10_000;
const nodes = 500;
const tooManyNodes = 5_000;
/** How long it is watched after it is drawn, half of it while it is scrolled. */
const watchedMs = 3_000;

type Opened = {
  title: string;
  at: string;
  /** What is drawn when it is open. */
  way: Way;
  /** Opens it in the page, where an address does not. */
  press?: (page: Page) => Promise<void>;
};

const longSession = ({ fakeSessions }: DevServer): string => {
  const { id } = fakeSessions.create({ title: 'A long session' });
  for (let turn = 1; turn <= messages / 2; turn += 1) {
    fakeSessions.say(
      id,
      `Reply **${turn}** of many.\n\n- It has a list\n- with \`code\` in it\n\n${'Some words. '.repeat(30)}`,
    );
  }
  return id;
};

const longTrace = ({ fakeSessions }: DevServer): string => {
  const { id } = fakeSessions.create({ title: 'A long trace' });
  const { agent } = fakeSessions.entry(id);
  const turns = spans / 10;
  const begin = Date.now() - turns * 10_000;
  for (let index = 0; index < spans; index += 1) {
    const turn = Math.floor(index / 10) + 1;
    const call = index % 10 === 0 ? null : (index % 10) - 1;
    const startedAt = begin + index * 1_000;
    const span: Span = {
      id: `span-${index}`,
      turn,
      step: 1,
      call,
      kind: call === null ? 'model' : 'tool',
      name: call === null ? 'a-model' : 'read_file',
      attempt: 1,
      status: index % 97 === 0 ? 'error' : 'ok',
      startedAt: new Date(startedAt).toISOString(),
      endedAt: new Date(startedAt + (index % 7) * 400 + 20).toISOString(),
      attributes: call === null ? { usage: { input: 2_000, output: 100, cacheRead: 1_500, cost: 0.001 } } : {},
    };
    agent.spans.push(span);
  }
  fakeSessions.say(id, 'Done.');
  return id;
};

/** A script of 1,000 calls with a log: as many events. */
const longScript = ({ fakeRuns }: DevServer): string => {
  const calls = 1_000;
  const meta = { name: 'survey', description: 'Asks everybody', phases: [{ title: 'Ask' }] };
  const run = fakeRuns.create({ kind: 'script', name: 'survey' }, { steps: [], script: { meta, source: 'return 1' } });
  run.say('phase', 'Ask');
  for (let call = 0; call < calls; call += 1) {
    const of = { label: `agent ${call}`, phase: 'Ask' };
    run.call(`c${call}`, 'pending', of);
    run.call(`c${call}`, 'running', of);
    if (call < calls - 8) run.call(`c${call}`, 'completed', of);
  }
  for (let line = run.events.length; line < events; line += 1) run.say('log', `Line ${line}: an agent said something`);
  return run.view.run.id;
};

/** Opens it, looks at it, scrolls it to and fro. Times are from the address, or from the press of a button. */
const openOnce = async (field: Field, { at, way, press }: Opened): Promise<{ opened: number; longest: number }> => {
  const page = await openPage(field, at);
  try {
    let begin = 0;
    if (press) {
      await press(page);
      begin = await page.evaluate(() => performance.now());
    }
    const drawn = await drawnAt(page, way);
    await pause(page, watchedMs / 2);
    await page.mouse.move(900, 500);
    for (let step = 0; step < 30; step += 1) {
      await page.mouse.wheel(0, step < 15 ? -700 : 500);
      await pause(page, watchedMs / 60);
    }
    return { opened: drawn - begin, longest: await longestTask(page, drawn) };
  } finally {
    await page.context().close();
  }
};

/** What is large: until it is drawn, and the longest task after that. */
export const measureOpen = async (field: Field, { rounds, progress }: BenchOptions): Promise<Section[]> => {
  const { server } = field;
  const pressTrace = async (page: Page): Promise<void> => {
    await page.getByText('Done.').waitFor();
    await page.getByRole('button', { name: 'Trace of the session' }).click({ noWaitAfter: true });
  };
  const all: Opened[] = [
    {
      title: `a session of ${messages.toLocaleString('en')} messages`,
      at: `/s/${longSession(server)}`,
      way: ['ev-app', 'ev-conversation', 'ev-turn', 'ev-markdown', '.prose p'],
    },
    {
      title: `a trace of ${spans.toLocaleString('en')} spans`,
      at: `/s/${longTrace(server)}`,
      way: ['ev-app', 'ev-session-trace', 'ev-waterfall', 'button.row'],
      press: pressTrace,
    },
    {
      title: `a run of a script, ${events.toLocaleString('en')} events`,
      at: `/r/${longScript(server)}`,
      way: ['ev-app', 'ev-run-overview', 'section'],
    },
    {
      title: `a run of a flow, ${events.toLocaleString('en')} events`,
      at: `/r/${manyScene(server.fakeRuns, events, events).view.run.id}`,
      way: ['ev-app', 'ev-run-overview', 'section'],
    },
    {
      title: `a graph of ${nodes.toLocaleString('en')} nodes`,
      at: `/r/${largeScene(server.fakeRuns, nodes).view.run.id}/graph`,
      way: ['ev-app', 'ev-run-graph', '.node'],
    },
    {
      title: `a graph of ${tooManyNodes.toLocaleString('en')} nodes, which offers the list`,
      at: `/r/${largeScene(server.fakeRuns, tooManyNodes).view.run.id}/graph`,
      way: ['ev-app', 'ev-run-graph', '.note a'],
    },
  ];
  const figures: Figure[] = [];
  for (const opened of all) {
    progress(`  ${opened.title}`);
    const results = [];
    for (let round = 0; round < rounds; round += 1) results.push(await openOnce(field, opened));
    const { median: value, min, max } = spreadOf(results.map(({ opened: ms }) => ms));
    figures.push({ label: `${opened.title}: drawn`, unit: 'ms', value, min, max, target: 1_500 });
    const { median, ...spread } = spreadOf(results.map(({ longest }) => longest));
    figures.push({ label: '  longest task over 50 ms after that', unit: 'ms', value: median, ...spread, target: 50 });
  }
  return [{ title: 'Large content', figures }];
};
