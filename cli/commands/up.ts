import type { Command } from 'commander';
import { openTrust } from '../../trust/trust.ts';
import { createPrint, type JsonOption } from '../output.ts';
import { runCommand } from '../run-command.ts';
import { harmless } from '../screen/style.ts';
import { ensureUp, projectOf } from '../supervisor/ensure-up.ts';
import { type Report, wordsOf } from '../supervisor/report.ts';
import { findRunning } from '../supervisor/state.ts';
import { offerTrust } from '../trust/ask-trust.ts';

type UpOptions = JsonOption & { detach?: boolean; workers?: string };

export const addUp = (program: Command): void => {
  program
    .command('up')
    .description('start the stack of this folder and keep it running until Ctrl-C')
    .option('-d, --detach', 'return when it is up, and keep it running')
    .option('-w, --workers <count>', 'how many workers (default: EVERTURN_WORKERS, otherwise 1)')
    .option('--json', 'one JSON line for each event')
    .action((options: UpOptions) => up(options));
};

const up = (options: UpOptions): Promise<void> =>
  runCommand(options, async () => {
    const print = createPrint(options);
    const source = { ...process.env, ...(options.workers === undefined ? {} : { EVERTURN_WORKERS: options.workers }) };
    const project = projectOf({ source });
    if (!options.json && !findRunning(project)) await offerTrust(openTrust(project));
    const report = (event: Report) => print(harmless(wordsOf(event)), event);
    if (options.detach) {
      const { started, consoleUrl, temporalUiUrl, apiUrl, supervisorPid } = await ensureUp({ source, report });
      if (!started)
        print(`Runs already: ${consoleUrl}`, { type: 'running', consoleUrl, temporalUiUrl, apiUrl, supervisorPid });
      return;
    }
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (!stop.signal.aborted) print('\nStopping', { type: 'stopping', signal });
        stop.abort();
      });
    }
    // Only here: it brings in the clients of both servers, which no other command should wait for.
    const { supervise } = await import('../supervisor/supervise.ts');
    await supervise({ source, report, signal: stop.signal });
    print('Stopped', { type: 'stopped' });
  });
