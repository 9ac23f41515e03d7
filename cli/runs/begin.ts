import type { Run } from '../../contracts/runs.ts';
import type { Connection } from '../connect.ts';
import { patiently } from '../patiently.ts';
import { printJson } from '../run-command.ts';
import { styleOf } from '../screen/style.ts';
import { projectOf } from '../supervisor/ensure-up.ts';
import { offlineNote } from '../turn/offline-words.ts';
import { showRun } from './show-run.ts';

/** Starts a run, says which it is, and follows it unless that is not wanted. `start` must take effect once. */
export const begin = async (
  connection: Connection,
  { json = false, detach = false }: { json?: boolean; detach?: boolean },
  start: () => Promise<Run>,
): Promise<void> => {
  const health = await connection.api.health();
  const run = await patiently(start);
  if (json) printJson({ type: 'started', run });
  else if (!detach) {
    const style = styleOf(process.stderr);
    process.stderr.write(style.dim(`Run ${run.id} of ${run.name}\n`));
    if (health.model.offline) {
      process.stderr.write(style.yellow(`${await offlineNote(projectOf({}))}\n`));
    }
  }
  if (!detach) process.exitCode = await showRun({ connection, health, id: run.id, json });
  else if (!json) process.stdout.write(`Started ${run.id}. Follow it: npx everturn tail ${run.id}\n`);
};
