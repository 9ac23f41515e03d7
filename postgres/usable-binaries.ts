import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EverturnError } from '../contracts/errors.ts';
import { makeSharedCacheFolder } from '../files/places.ts';
import { type Account, hasName, succeedsAs } from './account.ts';
import { type Binaries, binariesIn } from './binaries.ts';

/** initdb puts its own path between double quotes into a shell's command line. */
const meansSomethingToShells = /["$`\\\n\r]/;

/**
 * The binaries as the account can run them: those of the package, or a copy in the cache, made once, where the account
 * cannot reach node_modules, where their path would break a shell's command line, or where the account has no name.
 * Throws `process_failed`.
 */
export const usableBinaries = (binaries: Binaries, account: Account): Binaries => {
  if (process.platform === 'win32') return binaries;
  const nameless = process.platform === 'linux' && !hasName(account);
  const runs = !meansSomethingToShells.test(binaries.folder) && succeedsAs(account, binaries.postgres, ['--version']);
  if (runs && !nameless) return binaries;
  const copy = copyOf(binaries, nameless);
  if (succeedsAs(account, copy.postgres, ['--version'])) return copy;
  throw new EverturnError(
    'process_failed',
    `Cannot run Postgres as user ${account.uid ?? process.getuid?.()}: it cannot run ${binaries.postgres}, nor the copy ${copy.postgres}. See that programs in ${path.dirname(copy.folder)} may run and that all users can enter it, or set DATABASE_URL to a server of your own`,
  );
};

const copyOf = (binaries: Binaries, nameless: boolean): Binaries => {
  try {
    const target = path.join(makeSharedCacheFolder(), `${binaries.label}${nameless ? '-nameless' : ''}`);
    if (!existsSync(target)) makeCopy(binaries, target, nameless);
    return binariesIn(target, binaries);
  } catch (cause) {
    if (cause instanceof EverturnError) throw cause;
    throw new EverturnError(
      'process_failed',
      `Cannot copy the Postgres binaries to where its user can run them: ${(cause as Error).message}. Make room there, or set DATABASE_URL to a server of your own`,
      { cause },
    );
  }
};

/** What compilers need, and nobody runs. */
const forCompilers = /\.a$|[/\\](pkgconfig|include)$/;

/** Made aside and renamed: other starts see all of it or nothing. */
const makeCopy = (binaries: Binaries, target: string, nameless: boolean): void => {
  const unfinished = `${target}.${process.pid}.unfinished`;
  try {
    cpSync(binaries.folder, unfinished, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => !forCompilers.test(file),
    });
    if (nameless) {
      const copy = binariesIn(unfinished, binaries);
      for (const program of [copy.initdb, copy.postgres]) askForAnyName(program);
    }
    openToAll(unfinished);
    renameSync(unfinished, target);
  } catch (error) {
    // Another start was first.
    if (!existsSync(target)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
};

/** Whatever the umask was, here and at the installation. */
const openToAll = (folder: string): void => {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) openToAll(file);
    else if (entry.isFile()) chmodSync(file, path.basename(folder) === 'bin' ? 0o755 : 0o644);
  }
};

const asked = Buffer.from('\0getpwuid\0');
const answered = Buffer.from('\0getpwent\0');

/**
 * initdb and the single-user mode ask passwd for the name of their user and give up without one, though everything
 * that they would use it for is given to them. In our copy they ask for the first entry of passwd instead, which there
 * always is: a function of the same library with the same result, under a name of the same length.
 */
const askForAnyName = (program: string): void => {
  const image = readFileSync(program);
  const at = image.indexOf(asked);
  if (at < 0 || image.indexOf(asked, at + 1) >= 0) {
    throw new EverturnError(
      'process_failed',
      `Cannot start Postgres as user ${process.getuid?.()}: passwd has no name for this user, and ${path.basename(program)} cannot do without. Add the user to /etc/passwd, or set DATABASE_URL to a server of your own`,
    );
  }
  answered.copy(image, at);
  writeFileSync(program, image);
};
