import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createReader } from '../../../attachments/reading/reader.ts';
import { openShelf } from '../../../attachments/shelf.ts';
import { noise } from '../../../attachments/testing/pictures.ts';
import { attachmentLimits } from '../../../contracts/attachment-limits.ts';
import { kernelText } from '../../../files/kernel.ts';
import type { Figure, Section } from '../../report.ts';
import { percentile } from '../../stats.ts';

const rounds = 7;
const mega = 1024 * 1024;

/** Just below the limit, so that it is taken. */
const picture = async (format: 'jpeg' | 'png'): Promise<Buffer> => {
  const size = format === 'jpeg' ? { width: 5200, height: 3600 } : { width: 3000, height: 2200 };
  const image = noise(size);
  const bytes = await (format === 'jpeg' ? image.jpeg({ quality: 84 }) : image.png({ compressionLevel: 1 })).toBuffer();
  if (bytes.length > attachmentLimits.bytes) throw new Error(`The ${format} has ${bytes.length} bytes`);
  return bytes;
};

/** The most that a process took so far; null where the system does not say. */
const peakOf = (pid: number | undefined): number | null =>
  pid === undefined || process.platform !== 'linux'
    ? null
    : Number(/^VmHWM:\s+(\d+) kB/m.exec(kernelText(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;

const figure = (label: string, unit: 'ms' | 'MB', all: readonly number[], target?: number): Figure => ({
  label,
  unit,
  value: percentile(all, 0.5),
  min: Math.min(...all),
  max: Math.max(...all),
  ...(target === undefined ? {} : { target }),
});

/** From the bytes on the disk to the image and its thumbnail in their place, and what the process that reads took. */
export const measureAttachment = async (): Promise<Section[]> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'everturn-bench-'));
  const shelf = openShelf(folder);
  const figures: Figure[] = [];
  try {
    for (const format of ['jpeg', 'png'] as const) {
      const bytes = await picture(format);
      const reader = createReader();
      const times: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const begin = performance.now();
        const arrival = await shelf.arrival();
        const input = path.join(arrival, 'input');
        await writeFile(input, bytes);
        const row = await reader.read({ input, folder: arrival, limits: attachmentLimits });
        await shelf.put(row.id, arrival);
        times.push(performance.now() - begin);
        await rm(arrival, { recursive: true, force: true });
      }
      const what = `a ${format} of ${(bytes.length / mega).toFixed(1)} MB`;
      const [first = 0, ...rest] = times;
      figures.push(figure(`${what}: stored, with its thumbnail`, 'ms', rest, 1000));
      figures.push(figure(`${what}: the first, with the start of the process`, 'ms', [first]));
      const peak = peakOf(reader.pid());
      if (peak !== null) figures.push(figure(`${what}: memory of the process that reads`, 'MB', [peak / mega], 200));
      await reader.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return [{ title: 'An image of nearly 20 MB is attached', figures }];
};
