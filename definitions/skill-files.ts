import path from 'node:path';
import type { Origin } from '../contracts/flow.ts';
import { namesInSync } from '../files/names-in.ts';
import { homeFolder } from '../files/places.ts';
import { builtInCatalog } from './definitions.ts';
import { cachedByFile } from './file-cache.ts';
import { splitFrontMatter } from './front-matter.ts';
import { everythingTrusted, type Look } from './look.ts';
import { isRecord } from './path.ts';
import { readText } from './read-text.ts';
import { parseYaml } from './yaml-file.ts';

/** Each skill is a folder with this file. */
export const skillFile = 'SKILL.md';
export const skillFolders = [path.join('.everturn', 'skills'), path.join('.claude', 'skills')];

const maxSkills = 200;
const maxDescriptionLength = 1024;

/** `problem`: why it is not offered. */
export type Skill = {
  name: string;
  description: string;
  origin: Origin;
  /** Absolute. */
  folder: string;
  body: string;
  hash: string;
  problem: string | null;
};

const isName = (name: string): boolean => /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/.test(name);

/** Heads that are not YAML are common, such as those with a colon in a description: such a field is read as a line. */
const fieldOf = (head: string, value: unknown, field: string): string => {
  if (isRecord(value) && typeof value[field] === 'string') return value[field].trim();
  const line = head.split('\n').find((one) => one.startsWith(`${field}:`));
  return line ? line.slice(field.length + 1).trim() : '';
};

const problemOf = (name: string, description: string, folder: string): string | null => {
  const expected = 'at most 64 lower-case letters, digits and hyphens';
  if (name === '') return 'its front matter has no name';
  if (!isName(name)) return `its name ${JSON.stringify(name.slice(0, 80))} is not one: expected ${expected}`;
  if (name !== path.basename(folder))
    return `its name is ${name}, but its folder is ${JSON.stringify(path.basename(folder))}: give both the same`;
  if (description === '') return 'its front matter has no description';
  if (description.length > maxDescriptionLength)
    return `its description has ${description.length} characters: expected at most ${maxDescriptionLength}`;
  // It is in a list that a model reads: nothing may look like another entry, or be there unseen.
  return /[\p{Cc}\p{Cf}\u2028\u2029]/u.test(description.replaceAll(/\s+/g, ' '))
    ? 'its description has invisible characters'
    : null;
};

const read = (file: string, project: string): Omit<Skill, 'origin' | 'folder'> => {
  const folder = path.dirname(file);
  const text = readText(file, project);
  const nothing = { name: path.basename(folder), description: '', body: '', hash: '' };
  if ('problem' in text) return { ...nothing, problem: text.problem };
  const { head, body, unclosed } = splitFrontMatter(text.source);
  if (head === '' || unclosed)
    return {
      ...nothing,
      hash: text.hash,
      problem: 'it does not begin with a front matter between two lines of ---, with name and description',
    };
  const yaml = parseYaml(head);
  const name = fieldOf(head, yaml.value, 'name');
  const description = fieldOf(head, yaml.value, 'description');
  return {
    name: isName(name) ? name : nothing.name,
    description: description.replaceAll(/\s+/g, ' '),
    body: body.trim(),
    hash: text.hash,
    problem: problemOf(name, description, folder),
  };
};

const namesIn = (folder: string): string[] => {
  try {
    return namesInSync(folder, 10_000)
      .names.filter((name) => !name.startsWith('.'))
      .toSorted()
      .slice(0, maxSkills);
  } catch {
    return [];
  }
};

type Places = { project: string; home?: string; catalog?: string; look?: () => Look };

/** The skills that there are, read again on each call. Of one name, the project's goes before the personal and the built-in one. */
export const openSkills = ({
  project,
  home = homeFolder(),
  catalog = builtInCatalog,
  look = everythingTrusted,
}: Places): (() => Skill[]) => {
  const cached = cachedByFile((file) => read(file, project));
  const folders: [Origin, string][] = [
    ...skillFolders.map((folder): [Origin, string] => ['project', path.join(project, folder)]),
    ...skillFolders.map((folder): [Origin, string] => ['personal', path.join(home, folder)]),
    ['built-in', path.join(catalog, 'skills')],
  ];
  return () => {
    const trusted = look();
    const seen = new Set<string>();
    const taken = new Map<string, string>();
    return folders.flatMap(([origin, parent]) => {
      if (seen.has(path.resolve(parent))) return [];
      seen.add(path.resolve(parent));
      return namesIn(parent).flatMap((name): Skill[] => {
        const folder = path.join(parent, name);
        const file = path.join(folder, skillFile);
        if (!namesIn(folder).includes(skillFile)) return [];
        const skill: Skill = { ...cached(file), origin, folder };
        if (skill.problem !== null) return [skill];
        if (origin === 'project' && !trusted.knows(file, skill.hash))
          return [{ ...skill, problem: 'it is not trusted: see what it is with "npx everturn trust"' }];
        const other = taken.get(skill.name);
        if (other !== undefined) return [{ ...skill, problem: `hidden by ${other}, which has the same name` }];
        taken.set(skill.name, folder);
        return [skill];
      });
    });
  };
};
