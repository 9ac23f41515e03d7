import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EverturnError } from '../../contracts/errors.ts';
import { builtInCatalog } from '../../definitions/definitions.ts';
import { toolsFolder } from '../../definitions/tool-files.ts';
import { configName } from '../../runtime/config.ts';
import { writeNewScript } from '../scripts/new-script.ts';
import { writeNewTool } from '../tools/new-tool.ts';

const templates = path.join(builtInCatalog, 'project');
const own = '.everturn';

/** Files of `catalog/project/`, and where they go. */
const copied = {
  [configName]: configName,
  [path.join('agents', 'guide.md')]: path.join(own, 'agents', 'guide.md'),
  [path.join('flows', 'tour.yaml')]: path.join(own, 'flows', 'tour.yaml'),
};
const script = { name: 'look-around', file: path.join(own, 'workflows', 'look-around.js') };
const tool = { name: 'count_words', file: path.join(toolsFolder, 'count_words.ts') };

/** Of a new project, relative to it. */
export const projectFiles: readonly string[] = [...Object.values(copied), script.file, tool.file];

const entryAt = (project: string, file: string) => lstatSync(path.join(project, file), { throwIfNoEntry: false });

/** Folders that would be written into, the outer ones first. */
const foldersOf = (file: string): string[] => {
  const folder = path.dirname(file);
  return folder === '.' ? [] : [...foldersOf(folder), folder];
};

const refuse = (project: string): void => {
  const cannot = `Cannot write a project to ${project}`;
  // A clone may bring links that lead anywhere.
  const link = projectFiles.flatMap(foldersOf).find((folder) => entryAt(project, folder)?.isSymbolicLink());
  if (link !== undefined)
    throw new EverturnError('bad_request', `${cannot}: ${link} is a symbolic link. Replace it by a folder`);
  const present = projectFiles.filter((file) => entryAt(project, file));
  if (present.length > 0)
    throw new EverturnError(
      'bad_request',
      `${cannot}: it has ${present.join(', ')} already. Choose an empty folder, or add single files with "npx everturn scripts new" and "npx everturn tools new"`,
      { details: { present } },
    );
};

/** Agents leave out what it names: without it, a search goes through every package. One that is there is kept. */
const ignorePackages = (project: string): void => {
  const file = path.join(project, '.gitignore');
  if (!entryAt(project, '.gitignore')) writeFileSync(file, 'node_modules/\n', { flag: 'wx' });
};

/**
 * Writes a project that runs: configuration, an agent, a flow, a script and a tool. Throws `bad_request`, and writes
 * nothing, where one of its files is there already.
 */
export const writeProject = (project: string): void => {
  refuse(project);
  // First, as it refuses a name that a script or a flow has elsewhere in the project.
  writeNewScript({ name: script.name, where: 'project', project });
  writeNewTool({ name: tool.name, where: 'project', project });
  try {
    ignorePackages(project);
    for (const [template, file] of Object.entries(copied)) {
      mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
      writeFileSync(path.join(project, file), readFileSync(path.join(templates, template)), { flag: 'wx' });
    }
  } catch (cause) {
    throw new EverturnError(
      'folder_unusable',
      `Cannot write a project to ${project}: ${(cause as Error).message}. Choose another folder`,
      { cause },
    );
  }
};
