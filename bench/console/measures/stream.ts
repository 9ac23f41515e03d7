import type { CDPSession, Page } from 'playwright-core';
import type { BenchOptions } from '../../parts.ts';
import type { Section } from '../../report.ts';
import { percentile } from '../../stats.ts';
import type { Field } from '../field.ts';
import { drawnAt, longestTask, openPage, pause } from '../page.ts';
import { streamTokens, tokensPerSecond } from '../tokens.ts';

const usualSeconds = 60;
const megabyte = 1024 * 1024;
/** Memory is compared from then on: code is compiled and caches are filled before. */
const warmUp = 0.2;

type Painted = { at: number; token: number };

/** Notes after each frame which token is the last on the screen. */
const watchTokens = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const painted: Painted[] = [];
    Object.assign(globalThis, { painted });
    const last = (root: ParentNode | null | undefined, name: string): ShadowRoot | null =>
      [...(root?.querySelectorAll(name) ?? [])].at(-1)?.shadowRoot ?? null;
    const channel = new MessageChannel();
    /** What a block shows, be it a block of code with a root of its own. */
    const textOf = (block: Element): string => block.shadowRoot?.textContent ?? block.textContent ?? '';
    let shown = 0;
    channel.port1.onmessage = () => {
      const turn = last(last(last(document, 'ev-app'), 'ev-conversation'), 'ev-turn');
      const blocks = [...(last(turn, 'ev-markdown')?.querySelector('.prose')?.children ?? [])].slice(-2);
      const text = blocks.map(textOf).join(' ').slice(-400);
      const token = Math.max(0, ...[...text.matchAll(/t(\d+) /g)].map(([, number]) => Number(number)));
      if (token > shown) {
        shown = token;
        painted.push({ at: performance.timeOrigin + performance.now(), token });
      }
      requestAnimationFrame(frame);
    };
    const frame = (): void => channel.port2.postMessage(null);
    requestAnimationFrame(frame);
  });

const memory = async (session: CDPSession): Promise<{ heap: number; nodes: number }> => {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return { heap: of('JSHeapUsedSize'), nodes: of('Nodes') };
};

/** Tokens at the pace of a fast model: from each one's making to its frame, and what stays in memory. */
export const measureStream = async (field: Field, { seconds, progress }: BenchOptions): Promise<Section[]> => {
  const { server } = field;
  const duration = seconds ?? usualSeconds;
  const { id } = server.fakeSessions.create({ title: 'A model that does not stop' });
  const page = await openPage(field, `/s/${id}`);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  await drawnAt(page, ['ev-app', 'ev-conversation', '.empty']);
  await watchTokens(page);
  const begin = await page.evaluate(() => performance.now());
  progress(`  ${tokensPerSecond} tokens a second for ${duration} s`);
  const tokens = streamTokens(server, id);
  await pause(page, duration * 1_000 * warmUp);
  const before = await memory(session);
  await pause(page, duration * 1_000 * (1 - warmUp));
  const after = await memory(session);
  const painted = await page.evaluate(() => (globalThis as unknown as { painted: Painted[] }).painted);
  const longest = await longestTask(page, begin);
  await tokens.stop();
  await page.context().close();

  let token = 1;
  const latencies: number[] = [];
  for (const frame of painted) {
    for (; token <= frame.token; token += 1) latencies.push(frame.at - (tokens.madeAt[token - 1] ?? Number.NaN));
  }
  return [
    {
      title: `${tokensPerSecond} tokens a second for ${duration} s (the target is for ten minutes: --seconds 600)`,
      figures: [
        { label: 'token to paint, p50', unit: 'ms', value: percentile(latencies, 0.5), target: 60 },
        { label: 'token to paint, p99', unit: 'ms', value: percentile(latencies, 0.99), target: 200 },
        { label: 'tokens painted', unit: '', value: latencies.length, atLeast: (duration - 1) * tokensPerSecond },
        { label: 'longest task over 50 ms', unit: 'ms', value: longest },
        { label: 'heap after a fifth of the time', unit: 'MB', value: before.heap / megabyte },
        { label: 'heap that came after that', unit: 'MB', value: (after.heap - before.heap) / megabyte, target: 10 },
        { label: 'nodes of the document that came after that', unit: '', value: after.nodes - before.nodes },
      ],
    },
  ];
};
