import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { BenchOptions } from '../../parts.ts';
import type { Section } from '../../report.ts';
import { spreadOf } from '../../stats.ts';
import type { Field } from '../field.ts';
import { drawnAt, openPage } from '../page.ts';

const kilobyte = 1024;

/** Of the shared worker, which the page's own list of resources does not have. */
const workerBytes = async (dist: string): Promise<number> => {
  const folder = path.join(dist, 'assets');
  const names = (await readdir(folder)).filter((name) => /^worker-[\w-]+\.js\.br$/.test(name));
  const sizes = await Promise.all(names.map(async (name) => (await stat(path.join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
};

/** From the address to the drawn start page, with nothing cached, and what comes over the wire for it. */
export const measureStart = async (field: Field, { rounds }: BenchOptions): Promise<Section[]> => {
  for (let index = 0; index < 30; index += 1) field.server.fakeSessions.create({ title: `Session ${index}` });
  const times: number[] = [];
  let bytes = { script: 0, all: 0 };
  for (let round = 0; round < Math.max(rounds, 5); round += 1) {
    const page = await openPage(field, '/');
    const [form, list] = await Promise.all([
      drawnAt(page, ['ev-app', 'ev-start', 'h1, h2']),
      drawnAt(page, ['ev-app', 'ev-rail', 'ev-session-list', 'a']),
    ]);
    times.push(Math.max(form, list));
    bytes = await page.evaluate(() => {
      const files = performance
        .getEntriesByType('resource')
        .filter((it): it is PerformanceResourceTiming => it instanceof PerformanceResourceTiming)
        .filter(({ name }) => !name.includes('/api/'));
      const sum = (all: readonly PerformanceResourceTiming[]): number =>
        all.reduce((total, { encodedBodySize }) => total + encodedBodySize, 0);
      return { script: sum(files.filter(({ name }) => name.endsWith('.js'))), all: sum(files) };
    });
    await page.context().close();
  }
  const worker = await workerBytes(field.dist);
  const { median: value, min, max } = spreadOf(times);
  return [
    {
      title: 'First view, nothing cached',
      figures: [
        { label: 'until the start page and the list of sessions are drawn', unit: 'ms', value, min, max, target: 1000 },
        { label: 'script, compressed', unit: 'KB', value: (bytes.script + worker) / kilobyte, target: 250 },
        { label: 'of it the shared worker', unit: 'KB', value: worker / kilobyte },
        { label: 'script, styles and fonts, compressed', unit: 'KB', value: (bytes.all + worker) / kilobyte },
      ],
    },
  ];
};
