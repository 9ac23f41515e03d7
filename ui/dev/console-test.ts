import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { startBrowser } from './browser.ts';
import { builtConsole } from './built-console.ts';
import { type DevServer, type DevServerOptions, startDevServer } from './server.ts';

/** The machine may be busy with other tests. */
export const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 60_000 });

const started = await startBrowser();

/** What the test that runs works with; each test has its own. */
export type ConsoleTest = {
  server: DevServer;
  page: Page;
  /** Errors and warnings of the page. */
  complaints: string[];
  /** Paths of all requests of the page. */
  asked: string[];
  serve(options?: DevServerOptions): Promise<DevServer>;
  /** Opens an address in a page of its own, with the token unless another is given. */
  open(path: string, options?: BrowserContextOptions, token?: string | null): Promise<Page>;
};

/** The built console in Chromium, before an API in memory. Call it once in a `describe`. */
export const consoleTest = (): ConsoleTest => {
  let dist: string;
  let server: DevServer | undefined;
  let page: Page | undefined;

  beforeAll(async () => {
    dist = await builtConsole();
  });

  afterEach(async () => {
    await page?.context().close();
    await server?.close();
    page = undefined;
    server = undefined;
  });

  afterAll(() => started.close());

  const console: ConsoleTest = {
    get server() {
      if (!server) throw new Error('Call serve() first');
      return server;
    },
    get page() {
      if (!page) throw new Error('Call open() first');
      return page;
    },
    complaints: [],
    asked: [],
    serve: async (options = {}) => {
      server = await startDevServer({ pace: 1, dist: new URL(`file://${dist}/`), ...options });
      return server;
    },
    open: async (path, options = {}, token = console.server.token) => {
      const context = await started.browser.newContext(options);
      page = await context.newPage();
      console.complaints.length = 0;
      console.asked.length = 0;
      page.on('request', (request) => console.asked.push(new URL(request.url()).pathname));
      page.on('pageerror', (error) => console.complaints.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
          console.complaints.push(message.text());
        }
      });
      const [before, hash] = path.split('#');
      const parts = [...(hash ? [hash] : []), ...(token === null ? [] : [`token=${token}`])];
      await page.goto(`${console.server.url}${before}${parts.length > 0 ? `#${parts.join('&')}` : ''}`);
      return page;
    },
  };
  return console;
};
