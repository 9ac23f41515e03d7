import { EverturnError } from '../../contracts/errors.ts';
import { readSource } from '../../runtime/secrets.ts';
import { type Report, wordsOf } from './report.ts';
import { supervise } from './supervise.ts';

/**
 * The supervisor without a terminal: started by ensureUp, it reports over IPC while someone listens, and always to
 * its log.
 */
export type DetachedMessage =
  | { type: 'report'; report: Report }
  | { type: 'failed'; code: string; message: string; details?: Record<string, unknown> | undefined };

const send = (message: DetachedMessage): void => {
  // The one who started us may end at any moment.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
};

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());

try {
  await supervise({
    source: readSource(),
    signal: stop.signal,
    claimed: true,
    report: (report) => {
      const words = report.type === 'ready' ? `ready on ${report.apiUrl}` : wordsOf(report);
      console.log(`${new Date().toISOString()} ${words}`);
      send({ type: 'report', report });
    },
  });
} catch (error) {
  const known = error instanceof EverturnError ? error : null;
  console.error(error);
  send({ type: 'failed', code: known?.code ?? 'internal', message: (error as Error).message, details: known?.details });
  process.exitCode = 1;
} finally {
  if (process.connected) process.disconnect();
}
