import { lstatSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import path from 'node:path';
import { namesInSync } from './names-in.ts';
import { conventionalFolder, homeFolder, stackFolder } from './places.ts';
import { kernelFileSystemNames } from './regular.ts';

/** In a data folder only the user's scripts are open to tools. */
export const openPart = 'workflows';
export const dataFolderName = '.everturn';

/** The folders of a stack that hold its data, its token and what the user decided about trust. */
export const dataFoldersOf = (project: string): string[] => [
  ...new Set([
    path.join(project, dataFolderName),
    stackFolder(project),
    path.join(homeFolder(), dataFolderName),
    conventionalFolder('config'),
    ...(process.env.EVERTURN_ATTACHMENTS ? [path.resolve(process.env.EVERTURN_ATTACHMENTS)] : []),
  ]),
];

/** A place by the file system that holds it: the same for all mounts of it. */
type FilePlace = { device: string; inside: string };
type Mount = FilePlace & { point: string; fileSystem: string };

const unescapeOctal = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/** Empty where the system has no list of its mounts. */
const mounts = (): Mount[] => {
  if (process.platform !== 'linux') return [];
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [, , device, inside, point] = line.split(' ');
    const [fileSystem] = line.slice(line.indexOf(' - ') + 3).split(' ');
    if (device === undefined || inside === undefined || point === undefined || fileSystem === undefined) return [];
    return [{ device, inside: unescapeOctal(inside), point: unescapeOctal(point), fileSystem }];
  });
};

const isAtOrBelow = (folder: string, file: string): boolean =>
  file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);

/** The last mount of the longest point counts: it covers those before it. */
const placeOf = (real: string, all: readonly Mount[]): FilePlace | null => {
  const over = all.filter(({ point }) => isAtOrBelow(point, real));
  const longest = Math.max(...over.map(({ point }) => point.length));
  const mount = over.findLast(({ point }) => point.length === longest);
  return mount ? { device: mount.device, inside: path.join(mount.inside, path.relative(mount.point, real)) } : null;
};

const keyOf = ({ dev, ino }: Stats): string => `${dev}:${ino}`;

/** A path and all folders above it. */
const upwards = function* (file: string): Generator<string> {
  for (let at = file; ; at = path.dirname(at)) {
    yield at;
    if (path.dirname(at) === at) return;
  }
};

const isOpenBelow = (parts: readonly string[]): boolean => parts[0] === openPart;

/** A part of a path is named as a data folder is, and what follows is not open. */
const isNamedSo = (real: string): boolean => {
  const parts = real.split(path.sep);
  return parts.some((part, index) => part.toLowerCase() === dataFolderName && !isOpenBelow(parts.slice(index + 1)));
};

/** A folder, or a file, that is closed with all below it; `hasOpenPart`: but for one. */
type Root = { real: string; key: string; hasOpenPart: boolean };

const definitionFolders = new Set([openPart, 'flows', 'agents']);
const maxNames = 1000;

const rootAt = (file: string, hasOpenPart: boolean): Root[] => {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats ? [{ real: realpathSync(file), key: keyOf(stats), hasOpenPart }] : [];
};

const linksIn = (folder: string): string[] => {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return [];
  const paths = namesInSync(folder, maxNames).names.map((name) => path.join(folder, name));
  return paths.filter((file) => lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink());
};

/** The data may lie elsewhere, with links to it, or on disks of its own. Definitions may, too: those are not secret. */
const rootsOf = (folder: string, all: readonly Mount[]): Root[] => {
  const [root] = rootAt(folder, true);
  if (!root) return [];
  const links = [root.real, path.join(root.real, 'data')].flatMap(linksIn);
  const mounted = all.map(({ point }) => point).filter((point) => point !== root.real && isAtOrBelow(root.real, point));
  const elsewhere = [...links, ...mounted].filter(
    (file) => !definitionFolders.has(path.relative(root.real, file).split(path.sep)[0] ?? ''),
  );
  return [root, ...elsewhere.flatMap((file) => rootAt(file, false))];
};

/** Whether `file` is at or below `root`, of which it gives both in the same terms, and not in its open part. */
const isIn = (root: string, file: string, { hasOpenPart }: Root): boolean =>
  isAtOrBelow(root, file) && !(hasOpenPart && isOpenBelow(path.relative(root, file).split(path.sep)));

/**
 * Tells of real paths, which need not exist, whether they are in a data folder: by name, by device and inode of a folder
 * above, or through another mount of any part of it. The data folders themselves are looked up once.
 */
export const closedIn = (dataFolders: readonly string[]): ((real: string) => boolean) => {
  const all = mounts();
  const roots = dataFolders.flatMap((folder) => rootsOf(folder, all));
  const held = roots.map((root) => ({ root, place: placeOf(root.real, all) }));
  return (real) => {
    if (isNamedSo(real)) return true;
    if (roots.length === 0) return false;
    for (const above of upwards(real)) {
      const stats = lstatSync(above, { throwIfNoEntry: false });
      if (stats && roots.some((root) => root.key === keyOf(stats) && isIn(above, real, root))) return true;
    }
    const here = placeOf(real, all);
    return held.some(
      ({ root, place }) =>
        place !== null && here !== null && place.device === here.device && isIn(place.inside, here.inside, root),
    );
  };
};

export const isClosed = (real: string, dataFolders: readonly string[]): boolean => closedIn(dataFolders)(real);

/** The closed places below a folder whose name does not say so, for walks that must leave them out. Real paths. */
export const closedBelow = (folder: string, dataFolders: readonly string[]): string[] => {
  const all = mounts();
  const roots = dataFolders.flatMap((data) => rootsOf(data, all)).map(({ real }) => real);
  const candidates = [...roots, ...all.map(({ point }) => point)];
  const closed = closedIn(dataFolders);
  return [...new Set(candidates)].filter(
    (real) => real !== folder && isAtOrBelow(folder, real) && (roots.includes(real) || closed(real)),
  );
};

/** Where file systems of the kernel's are mounted at or below a folder, which no search enters: `/proc` and others. */
export const madeUpBelow = (folder: string): string[] =>
  mounts()
    .filter(({ point, fileSystem }) => kernelFileSystemNames.has(fileSystem) && isAtOrBelow(folder, point))
    .map(({ point }) => point);

const collectLinked = async (folder: string, into: Set<string>): Promise<void> => {
  try {
    for await (const entry of await opendir(folder)) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) await collectLinked(file, into);
      else if (entry.isFile()) {
        const stats = await lstat(file);
        if (stats.nlink > 1) into.add(keyOf(stats));
      }
    }
  } catch (error) {
    // What comes and goes while it is walked, and what this user cannot open under any name.
    if (!['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
};

/** The files of the data folders that have a second name somewhere, which no path tells. Usually none. */
export const linkedFiles = async (
  dataFolders: readonly string[],
): Promise<{ has(stats: Stats): boolean; size: number }> => {
  const all = mounts();
  const found = new Set<string>();
  for (const root of dataFolders.flatMap((folder) => rootsOf(folder, all))) {
    if (statSync(root.real, { throwIfNoEntry: false })?.isDirectory()) await collectLinked(root.real, found);
    else if (root.key) found.add(root.key);
  }
  return { has: (stats) => found.has(keyOf(stats)), size: found.size };
};
