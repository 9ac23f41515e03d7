import { readFile } from 'node:fs/promises';
import path from 'node:path';

const runsFile = 'runs.txt';

/** A command that leaves a line when it begins and one when it ends. */
export const commandCall = (seconds: number) => ({
  name: 'run_command',
  arguments: { argv: ['sh', '-c', `echo begin >> ${runsFile}; sleep ${seconds}; echo end >> ${runsFile}`] },
});

/** The lines that it left; none where it never ran. */
export const runsOf = async (folder: string): Promise<string[]> =>
  (await readFile(path.join(folder, runsFile), 'utf8').catch(() => '')).split('\n').filter(Boolean);
