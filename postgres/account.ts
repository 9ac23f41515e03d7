import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import path from 'node:path';
import { EverturnError } from '../contracts/errors.ts';
import { machineProgramPath } from '../files/programs.ts';

/** Who the server runs as: an empty object for "as we do". */
export type Account = { uid?: number; gid?: number };

const accountName = 'postgres';

/**
 * Postgres refuses to run as root. Data that is there already is served by its owner, new data by the account
 * `postgres`, which is made where it is missing.
 */
export const serverAccount = (dataDir: string): Account => {
  if (process.getuid?.() !== 0) return {};
  const owner = statSync(path.join(dataDir, 'PG_VERSION'), { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const found = lookUp();
  if (found) return found;
  create();
  const made = lookUp();
  if (made) return made;
  throw new EverturnError(
    'process_failed',
    `Cannot start Postgres as root, and cannot create the user "${accountName}" for it: run Everturn as an ordinary user, or run "useradd --system ${accountName}"`,
  );
};

export const give = (file: string, { uid, gid }: Account): void => {
  if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid);
};

/** Runs a program as the account, from a folder that everybody can enter. Gives whether it ended with 0. */
export const succeedsAs = (account: Account, program: string, args: readonly string[]): boolean =>
  spawnSync(program, args, { ...account, cwd: path.parse(process.cwd()).root, stdio: 'ignore' }).status === 0;

/** Whether passwd has a name for the user that the server runs as. A container can be given any number. */
export const hasName = ({ uid = process.getuid?.() }: Account): boolean =>
  uid === undefined || succeedsAs({}, machineProgramPath('id'), ['-un', String(uid)]);

const lookUp = (): Account | null => {
  try {
    const id = (kind: string) =>
      Number(execFileSync(machineProgramPath('id'), [kind, accountName], { encoding: 'utf8', stdio: 'pipe' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return null;
  }
};

const create = (): void => {
  const ways: [string, string[]][] = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', accountName]],
    ['adduser', ['-S', '-D', '-H', accountName]],
  ];
  for (const [command, args] of ways) {
    try {
      execFileSync(machineProgramPath(command), args, { stdio: 'ignore' });
      return;
    } catch {
      // The next way, or the error of our caller.
    }
  }
};
