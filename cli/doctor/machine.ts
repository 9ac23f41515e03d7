import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import { rgPath } from '@vscode/ripgrep';
import { cautionsOf } from '../supervisor/cautions.ts';
import type { Folders } from '../supervisor/folders.ts';
import { type Check, fail, ok, warn } from './check.ts';

const run = promisify(execFile);
const neededMajor = 24;

export const checkNode = (): Check => {
  const { version, execPath } = process;
  const major = Number.parseInt(process.versions.node, 10);
  if (major < neededMajor) {
    return fail(
      'Node',
      `${version} at ${execPath}`,
      `Run "npm ci" without "--omit=optional": it brings Node ${neededMajor}`,
    );
  }
  const pinned = execPath.includes('node_modules');
  return ok('Node', `${version}, ${pinned ? "the project's own" : `from ${execPath}`}`);
};

export const checkRipgrep = async (): Promise<Check> => {
  try {
    const { stdout } = await run(rgPath, ['--version']);
    return ok('ripgrep', stdout.split('\n')[0] ?? '');
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0];
    return fail('ripgrep', `does not run: ${reason}`, 'Run "npm ci" without "--omit=optional": search_files needs it');
  }
};

export const checkDisk = async (folders: Folders): Promise<Check[]> => {
  const { bavail, bsize } = await statfs(folders.project);
  const cautions = cautionsOf(folders).map(({ about, found, todo }) => warn(about, found, todo));
  if (cautions.some(({ name }) => name === 'disk')) return cautions;
  return [ok('disk', `${((bavail * bsize) / 1e9).toFixed(1)} GB free in ${folders.project}`), ...cautions];
};
