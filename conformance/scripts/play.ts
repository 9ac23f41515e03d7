import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';

const root = path.join(import.meta.dirname, '..', '..');

/** One test for each sentence of the format; those with real agents, and the scripts of others, play on a real stack. */
const files = ['script-conformance', 'script-conformance-real', 'script-cases'];

const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({
          ancestorTitles: z.array(z.string()),
          title: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

export type ScriptRow = { group: string; rule: string; holds: boolean; faults: string[] };

/** Plays all rows whose group or rule holds the words. Throws when they could not be played. */
export const playScripts = async (words: string): Promise<ScriptRow[]> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'everturn-conformance-'));
  try {
    const output = path.join(folder, 'report.json');
    const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const args = ['run', ...files.map((file) => `test/${file}.test.ts`), '--reporter=json', `--outputFile=${output}`];
    const only = words === '' ? [] : ['--testNamePattern', words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')];
    const child = spawn(process.execPath, [vitest, ...args, ...only], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (piece: Buffer) => {
      said = `${said}${piece.toString()}`.slice(-4000);
    });
    await new Promise<void>((resolve, reject) => child.once('error', reject).once('exit', () => resolve()));
    const text = await readFile(output, 'utf8').catch(() => {
      throw new Error(`Cannot play the rows of scripts: vitest ended without a report. It said:\n${said}`);
    });
    return rowsOf(Report.parse(JSON.parse(text)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const rowsOf = ({ testResults }: z.infer<typeof Report>): ScriptRow[] =>
  testResults.flatMap(({ name, message, assertionResults }) => {
    const played = assertionResults.filter(({ status }) => status === 'passed' || status === 'failed');
    const broken = assertionResults.length === 0 && message ? [message] : [];
    return [
      ...broken.map((fault) => ({
        group: path.basename(name),
        rule: 'the file can be played',
        holds: false,
        faults: [fault],
      })),
      ...played.map(({ ancestorTitles, title, status, failureMessages }) => ({
        group: ancestorTitles.join(' > '),
        rule: title,
        holds: status === 'passed',
        faults: failureMessages ?? [],
      })),
    ];
  });
