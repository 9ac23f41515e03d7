import { lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EverturnError } from '../../contracts/errors.ts';
import { toolNames } from '../../contracts/tool-names.ts';
import { toolsFolder } from '../../definitions/tool-files.ts';
import { homeFolder } from '../../files/places.ts';

const declarations = fileURLToPath(new URL('../../tools/index.d.ts', import.meta.url));

const template = (name: string): string => `import { defineTool, z } from 'everturn/tools';

export default defineTool({
  name: '${name}',
  // For the model: what it does, and when to use it.
  description: 'Counts the words of a text.',
  input: z.object({
    text: z.string().describe('The text'),
  }),
  // What a call that is cut off in the middle needs: pure runs again, once never does.
  effect: 'pure',
  // read never asks a user; write and run do, unless the session allows them.
  permission: 'read',
  // The process ends after this; the call fails.
  seconds: 10,
  async run({ text }, { log }) {
    log(\`Counting \${text.length} characters\`);
    const words = text.split(/\\s+/).filter(Boolean);
    return { words: words.length };
  },
});
`;

/** For editors only: where the types are on this machine. */
const settings = (folder: string): string =>
  `${JSON.stringify(
    {
      compilerOptions: {
        target: 'es2024',
        module: 'nodenext',
        strict: true,
        noEmit: true,
        erasableSyntaxOnly: true,
        allowImportingTsExtensions: true,
        skipLibCheck: true,
        paths: { 'everturn/tools': [path.relative(folder, declarations)] },
      },
      include: ['*.ts'],
    },
    null,
    2,
  )}\n`;

type NewTool = { name: string; where: 'project' | 'personal'; project: string };

/** Writes a tool that works. Throws `bad_request` rather than replace a file. */
export const writeNewTool = ({ name, where, project }: NewTool): string => {
  const cannot = `Cannot write the tool ${JSON.stringify(name)}`;
  if (!/^[A-Za-z](?!.*__)[A-Za-z0-9_]{0,62}$/.test(name))
    throw new EverturnError(
      'bad_request',
      `${cannot}: expected a letter, then at most 62 letters, digits or single underscores`,
    );
  if (toolNames.includes(name))
    throw new EverturnError('bad_request', `${cannot}: a built-in tool has this name. Choose another`);
  const folder = path.join(where === 'project' ? project : homeFolder(), toolsFolder);
  mkdirSync(folder, { recursive: true });
  const link = [path.dirname(folder), folder].find((place) => lstatSync(place).isSymbolicLink());
  // What a clone brings may lead anywhere.
  if (where === 'project' && link !== undefined)
    throw new EverturnError('bad_request', `${cannot}: ${link} is a symbolic link. Replace it by a folder`);
  const file = path.join(folder, `${name}.ts`);
  try {
    writeFileSync(file, template(name), { flag: 'wx' });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'EEXIST' ? `${file} exists already` : message;
    throw new EverturnError('bad_request', `${cannot}: ${why}. Choose another name`, { cause });
  }
  try {
    writeFileSync(path.join(folder, 'tsconfig.json'), settings(folder), { flag: 'wx' });
  } catch {
    // It is there already: the user's own.
  }
  return file;
};
