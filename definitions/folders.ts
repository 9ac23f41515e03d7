import path from 'node:path';
import { EverturnError } from '../contracts/errors.ts';
import { type Origin, origins } from '../contracts/flow.ts';
import { namesBelowSync, namesInSync } from '../files/names-in.ts';

export type DefinitionKind = 'flow' | 'script' | 'agent';

/** A file that defines something. `stem` is its name without the extension; files of a lower rank hide those of a higher one. */
export type DefinitionFile = {
  kind: DefinitionKind;
  origin: Origin;
  rank: number;
  file: string;
  stem: string;
  /** Whether it is in a folder below the one of its kind. */
  isBelow: boolean;
};

export type DefinitionPlaces = {
  project: string;
  home: string;
  /** What comes with Everturn. */
  catalog: string;
};

/** Of a script's file: what a project calls modules differs. */
const scriptExtensions = ['.js', '.mjs', '.cjs'];

export const isScriptFile = (file: string): boolean => scriptExtensions.includes(path.extname(file));

/** Tests and parts of scripts, which are kept next to them. */
const isBesides = (kind: DefinitionKind, name: string): boolean =>
  kind === 'script' && (name.startsWith('_') || /\.(?:test|spec)\.[cm]?js$/.test(name));

/** Where each kind is found, below `.everturn/` of a project or a home and in the catalog as `<kind>s`. `claude`: also below `.claude/`. */
export const definitionFolders: Record<
  DefinitionKind,
  { name: string; extensions: readonly string[]; claude: boolean }
> = {
  flow: { name: 'flows', extensions: ['.yaml', '.yml'], claude: false },
  script: { name: 'workflows', extensions: scriptExtensions, claude: true },
  agent: { name: 'agents', extensions: ['.md'], claude: true },
};

/** The earlier shadows the later; within a folder by name. */
export const listFiles = (kind: DefinitionKind, { project, home, catalog }: DefinitionPlaces): DefinitionFile[] => {
  const { name: own, extensions, claude } = definitionFolders[kind];
  const folders: [Origin, string][] = [
    ['project', path.join(project, '.everturn', own)],
    ...(claude ? [['project', path.join(project, '.claude', own)] as [Origin, string]] : []),
    ['personal', path.join(home, '.everturn', own)],
    ...(claude ? [['personal', path.join(home, '.claude', own)] as [Origin, string]] : []),
    ['built-in', path.join(catalog, `${kind}s`)],
  ];
  const seen = new Set<string>();
  return folders.flatMap(([origin, folder]) => {
    // The home folder may be the project.
    if (seen.has(path.resolve(folder))) return [];
    seen.add(path.resolve(folder));
    const names = namesIn(folder, isDeep(kind, folder)).filter(
      (name) => !name.startsWith('.') && extensions.includes(path.extname(name)) && !isBesides(kind, name),
    );
    if (names.length > maxFiles) throw tooMany(folder, `${maxFiles} of them`);
    return names.toSorted().map((name) => ({
      kind,
      origin,
      rank: rankOf(origin, folder),
      file: path.join(folder, name),
      stem: path.parse(name).name,
      isBelow: path.dirname(name) !== '.',
    }));
  });
};

const isOfClaude = (folder: string): boolean => path.basename(path.dirname(folder)) === '.claude';

/** Claude Code finds agents in folders below, too. */
export const isDeep = (kind: DefinitionKind, folder: string): boolean => kind === 'agent' && isOfClaude(folder);

/** The same for flows and scripts, which share their names. */
const rankOf = (origin: Origin, folder: string): number => 2 * origins.indexOf(origin) + (isOfClaude(folder) ? 1 : 0);

const maxFiles = 1000;
const maxNames = 10_000;

const tooMany = (folder: string, most: string): EverturnError =>
  new EverturnError(
    'config_invalid',
    `Cannot list definitions in ${folder}: it has more than ${most}. Move what is not needed out of it`,
  );

const namesIn = (folder: string, deep: boolean): string[] => {
  try {
    const { names, isCut } = deep ? namesBelowSync(folder, maxNames) : namesInSync(folder, maxNames);
    if (isCut) throw tooMany(folder, `${maxNames} files`);
    return names;
  } catch (cause) {
    if (cause instanceof EverturnError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new EverturnError('config_invalid', `Cannot list definitions in ${folder}: ${message}`, { cause });
  }
};
