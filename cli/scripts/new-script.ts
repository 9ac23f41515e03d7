import { constants, copyFileSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EverturnError } from '../../contracts/errors.ts';
import { Name } from '../../contracts/flow.ts';
import { builtInCatalog, openDefinitions } from '../../definitions/definitions.ts';
import { homeFolder } from '../../files/places.ts';
import { template } from './template.ts';

const declarationsFile = 'everturn-scripts.d.ts';
const catalogDeclarations = path.join(builtInCatalog, declarationsFile);

export const readDeclarations = (): string => readFileSync(catalogDeclarations, 'utf8');

type NewScript = { name: string; where: 'project' | 'personal'; project: string };

/** Writes a script that works, and the declarations beside it. Throws `bad_request` rather than replace a file. */
export const writeNewScript = ({ name, where, project }: NewScript): { script: string; declarations: string } => {
  const cannot = `Cannot write script ${JSON.stringify(name)}`;
  const parsed = Name.safeParse(name);
  if (parsed.error) throw new EverturnError('bad_request', `${cannot}: expected ${parsed.error.issues[0]?.message}`);
  const taken = takenBy(name, where, project);
  if (taken) throw new EverturnError('bad_request', `${cannot}: ${taken} has this name. Choose another`);
  const folder = path.join(where === 'project' ? project : homeFolder(), '.everturn', 'workflows');
  const script = path.join(folder, `${name}.js`);
  const declarations = path.join(folder, declarationsFile);
  mkdirSync(folder, { recursive: true });
  if (where === 'project') refuseLink(folder, cannot);
  writeOnce(script, template(name), cannot);
  // An existing link is replaced, not followed.
  rmSync(declarations, { force: true });
  copyFileSync(catalogDeclarations, declarations, constants.COPYFILE_EXCL);
  return { script, declarations };
};

/** What a clone brings may lead anywhere; a script that a link leads to is not used either. */
const refuseLink = (folder: string, cannot: string): void => {
  const link = [path.dirname(folder), folder].find((place) => lstatSync(place).isSymbolicLink());
  if (link === undefined) return;
  throw new EverturnError('bad_request', `${cannot}: ${link} is a symbolic link. Replace it by a folder`);
};

/** A second file of the same name at the same place would make both unusable. */
const takenBy = (name: string, origin: 'project' | 'personal', project: string): string | null => {
  const definitions = openDefinitions({ project });
  const all = [...definitions.scripts(), ...definitions.flows()];
  return all.find((one) => one.name === name && one.origin === origin)?.file ?? null;
};

const writeOnce = (file: string, text: string, cannot: string): void => {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'EEXIST' ? `${file} is there already` : message;
    throw new EverturnError('bad_request', `${cannot}: ${why}. Choose another name`, { cause });
  }
};
