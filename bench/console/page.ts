import type { Page } from 'playwright-core';
import type { Field } from './field.ts';

/** A way to an element through the shadow roots of those before it. */
export type Way = readonly string[];

/** Longer is a failure, not a figure. */
const patienceMs = 60_000;

type Watched = { tasks: { start: number; duration: number }[] };

/** Runs in the page before its own scripts: keeps the tasks that take longer than 50 ms. */
const watch = (): void => {
  const tasks: Watched['tasks'] = [];
  Object.assign(globalThis, { watched: { tasks } });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) tasks.push({ start: startTime, duration });
  }).observe({ type: 'longtask', buffered: true });
};

/** A page of a browser that has cached nothing. */
export const openPage = async ({ browser, server }: Field, at: string): Promise<Page> => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(watch);
  const [place, hash] = at.split('#');
  await page.goto(`${server.url}${place}#${hash ? `${hash}&` : ''}token=${server.token}`, { waitUntil: 'commit' });
  return page;
};

/** Milliseconds since the navigation began at which a frame with at least `least` of these elements was drawn. */
export const drawnAt = (page: Page, way: Way, least = 1): Promise<number> =>
  page.evaluate(
    async ([way, least, patience]) => {
      const found = (): number => {
        let roots: (Document | ShadowRoot)[] = [document];
        for (const step of way.slice(0, -1))
          roots = roots.flatMap((root) => [...root.querySelectorAll(step)].flatMap((it) => it.shadowRoot ?? []));
        return roots.reduce((sum, root) => sum + root.querySelectorAll(way.at(-1) ?? '').length, 0);
      };
      const afterFrame = (): Promise<void> =>
        new Promise((resolve) => {
          requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.onmessage = () => resolve();
            channel.port2.postMessage(null);
          });
        });
      while (found() < least) {
        if (performance.now() > patience) throw new Error(`Nothing was drawn of ${way.join(' ')}`);
        await afterFrame();
      }
      await afterFrame();
      return performance.now();
    },
    [way, least, patienceMs] as const,
  );

/** The longest task that began after a time; 0: none took more than 50 ms. */
export const longestTask = (page: Page, after: number): Promise<number> =>
  page.evaluate((from) => {
    const { tasks } = (globalThis as unknown as { watched: Watched }).watched;
    return Math.max(0, ...tasks.filter(({ start }) => start >= from).map(({ duration }) => duration));
  }, after);

export const pause = (page: Page, ms: number): Promise<void> =>
  page.evaluate((wait) => new Promise<void>((resolve) => setTimeout(resolve, wait)), ms);
