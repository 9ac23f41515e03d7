import { execFileSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { EverturnError } from '../contracts/errors.ts';

/** Who the server runs as: an empty object for "as we do". */
export type Account = { uid?: number; gid?: number };

const accountName = 'postgres';

/** Postgres refuses to run as root: then the account `postgres` is used, and made where it is missing. */
export const serverAccount = (): Account => {
  if (process.getuid?.() !== 0) return {};
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

const lookUp = (): Account | null => {
  try {
    const id = (kind: string) => Number(execFileSync('id', [kind, accountName], { encoding: 'utf8', stdio: 'pipe' }));
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
      execFileSync(command, args, { stdio: 'ignore' });
      return;
    } catch {
      // The next way, or the error of our caller.
    }
  }
};
