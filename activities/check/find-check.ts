import { resolveInside } from '../tools/jail.ts';
import { openRegularFile, readWhole } from '../tools/open-file.ts';
import type { ToolContext } from '../tools/tool.ts';

type Where = Pick<ToolContext, 'workspace' | 'dataFolders'>;

const maxBytes = 1_000_000;
/** The first that there is. */
const scripts = ['build', 'compile', 'typecheck'];
const managers: Record<string, string> = {
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
  'bun.lock': 'bun',
  'bun.lockb': 'bun',
};

/** Null if the file does not exist or cannot be read. */
const read = async (where: Where, name: string): Promise<Buffer | null> => {
  try {
    const { handle } = await openRegularFile(await resolveInside(where, name), where);
    try {
      return (await readWhole(handle, maxBytes)) ?? null;
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
};

const isThere = async (where: Where, name: string): Promise<boolean> => {
  try {
    const { handle } = await openRegularFile(await resolveInside(where, name), where);
    await handle.close();
    return true;
  } catch {
    return false;
  }
};

const scriptOf = (text: Buffer): string | undefined => {
  try {
    const { scripts: all } = JSON.parse(text.toString('utf8')) as { scripts?: Record<string, unknown> };
    return scripts.find((name) => typeof all?.[name] === 'string' && Object.hasOwn(all, name));
  } catch {
    return undefined;
  }
};

/** The script of package.json that checks a workspace, run by the package manager of its lockfile; null if there is none. */
export const findCheck = async (where: Where): Promise<[string, ...string[]] | null> => {
  const text = await read(where, 'package.json');
  const script = text && scriptOf(text);
  if (!script) return null;
  for (const [lockfile, manager] of Object.entries(managers)) {
    if (await isThere(where, lockfile)) return [manager, 'run', script];
  }
  return ['npm', 'run', script];
};
