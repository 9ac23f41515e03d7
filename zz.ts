import { writeFileSync } from 'node:fs';
import { startBrowser } from './ui/dev/browser.ts';
import { startDevServer } from './ui/dev/server.ts';
import { largeScene } from './ui/dev/graph-scenes.ts';
const server = await startDevServer({ pace: 0, dist: new URL('file:///tmp/uidist2/') });
const { browser, close } = await startBrowser();
for (let i = 0; i < 30; i++) server.fakeSessions.create({ title: `Session ${i}` });
const long = server.fakeSessions.create({ title: 'long' }).id;
for (let turn = 1; turn <= 2500; turn += 1) server.fakeSessions.say(long, `Reply **${turn}** of many.\n\n- It has a list\n- with \`code\` in it\n\n${'Some words. '.repeat(30)}`);
const graph = largeScene(server.fakeRuns, 500).view.run.id;
const trace = process.argv[2] === 'trace';
for (const [name, at] of [['start', '/'], ['session', `/s/${long}`], ['graph', `/r/${graph}/graph`]] as const) {
  for (let round = 0; round < 3; round++) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  const events: any[] = [];
  if (trace && round === 2) {
    const b = await browser.newBrowserCDPSession();
    b.on('Tracing.dataCollected', ({ value }: any) => events.push(...value));
    await b.send('Tracing.start', { transferMode: 'ReportEvents', categories: 'devtools.timeline,v8.execute,disabled-by-default-v8.compile,blink.user_timing,loading,toplevel,disabled-by-default-v8.cpu_profiler,v8,devtools.timeline.frame' } as any);
    await page.goto(`${server.url}${at}#token=${server.token}`, { waitUntil: 'commit' });
    await page.waitForTimeout(3500);
    const done = new Promise((r) => b.once('Tracing.tracingComplete', r));
    await b.send('Tracing.end'); await done;
    writeFileSync(`/tmp/trace-${name}.json`, JSON.stringify({ traceEvents: events }));
  } else {
    await page.goto(`${server.url}${at}#token=${server.token}`, { waitUntil: 'commit' });
    await page.waitForTimeout(2500);
    console.log(name, await page.evaluate(() => JSON.stringify({ nav: performance.getEntriesByType('navigation').map((e: any) => [e.responseEnd, e.domInteractive, e.domContentLoadedEventEnd].map(Math.round)), paint: performance.getEntriesByType('paint').map((e) => [e.name, Math.round(e.startTime)]), res: performance.getEntriesByType('resource').map((e: any) => [e.name.split('/').slice(3).join('/').slice(0, 40), Math.round(e.startTime), Math.round(e.responseEnd)]) })));
  }
  await context.close();
  }
}
await close(); await server.close(); process.exit(0);
