import path from 'node:path';
import type { Grant } from '../contracts/trust.ts';
import { type DefinitionKind, definitionFolders, isDeep } from '../definitions/folders.ts';
import { skillFile, skillFolders } from '../definitions/skill-files.ts';
import { toolsFolder } from '../definitions/tool-files.ts';
import { configName } from '../runtime/config.ts';
import { agentGrants } from './grants/agent.ts';
import { configGrants } from './grants/config.ts';
import { flowGrants } from './grants/flow.ts';
import { scriptGrants } from './grants/script.ts';
import { skillGrants } from './grants/skill.ts';
import { toolGrants } from './grants/tool.ts';
import { referencedBy } from './referenced.ts';

/** What a file of this kind would allow, in words. It gets the text, which may have faults, and its place. */
type GrantsOf = (text: string, file: string) => Omit<Grant, 'file'>[];

/** A kind of files that a project brings and that can widen what happens, or make something happen by itself. */
export type Kind = {
  /** Relative to the project: a file, or with `extensions` a folder. */
  place: string;
  extensions?: readonly string[];
  /** Whether folders in that folder count, too. */
  deep?: boolean;
  /** With it `place` is a folder of folders, each with this file. */
  inside?: string;
  grants: GrantsOf;
  /** Further files of the project that decide what happens, by their absolute places. */
  references?: (text: string, file: string) => string[];
  /** A file that allows nothing changes nothing by itself, so it needs no trust: agents write scripts. */
  harmless?: boolean;
};

const inFolder = (kind: DefinitionKind, grants: GrantsOf, folder = '.everturn'): Kind => ({
  place: path.join(folder, definitionFolders[kind].name),
  extensions: definitionFolders[kind].extensions,
  deep: isDeep(kind, path.join(folder, definitionFolders[kind].name)),
  grants,
});

/** A new kind joins by one line here. */
export const kinds: readonly Kind[] = [
  { place: configName, grants: configGrants, references: referencedBy },
  { place: toolsFolder, extensions: ['.ts'], grants: toolGrants },
  ...skillFolders.map((place): Kind => ({ place, inside: skillFile, grants: skillGrants })),
  inFolder('flow', flowGrants),
  inFolder('agent', agentGrants),
  inFolder('agent', agentGrants, '.claude'),
  { ...inFolder('script', scriptGrants), harmless: true },
  { ...inFolder('script', scriptGrants, '.claude'), harmless: true },
];
