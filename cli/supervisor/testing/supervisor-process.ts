import path from 'node:path';
import { supervise } from '../supervise.ts';

/** A supervisor in a process of its own, to be killed by tests. Its worker is named by the first argument. */
const program = (name: string): string => path.join(import.meta.dirname, `${name}.ts`);
const [worker = 'stand-in'] = process.argv.slice(2);
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());

try {
  await supervise({
    entries: {
      worker: program(worker),
      scripts: program('stand-in'),
      api: program('stand-in'),
      offlineModel: program('stand-in'),
    },
    signal: stop.signal,
    report: (report) => process.connected && process.send?.(report),
  });
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  process.send?.({ type: 'failed', code, message });
  process.exitCode = 1;
}
if (process.connected) process.disconnect();
