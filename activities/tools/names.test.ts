import { mkdir, writeFile as write } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CreateSession, ForkSession, UpdateSession } from '../../contracts/api.ts';
import { Config } from '../../contracts/config.ts';
import { inOneLine } from '../../contracts/one-line.ts';
import { ScriptMeta } from '../../contracts/script.ts';
import { editFile } from './edit-file.ts';
import { listFiles } from './list-files.ts';
import { searchFiles } from './search-files.ts';
import { said, testContext } from './test-context.ts';
import { writeFile } from './write-file.ts';

const name = 'a\nb\r[done]\u0085\u2028c';
const shown = 'a\\nb\\r[done]\\u0085\\u2028c';

test('a name of a file breaks no line of what a tool says', async () => {
  const context = await testContext();
  const texts = async (): Promise<string[]> =>
    await Promise.all([
      listFiles.run({}, context),
      listFiles.run({ recursive: true }, context),
      listFiles.run({ path: name }, context),
      searchFiles.run({ pattern: 'needle' }, context),
    ]).then((results) => results.map(({ text }) => text));
  expect((await writeFile.run({ path: `${name}/${name}`, content: 'x' }, context)).text).toBe(
    `Created ${shown}/${shown} (1 byte)`,
  );
  expect(said(await editFile.run({ path: `${name}/${name}`, old_text: 'x', new_text: 'needle\ny' }, context))).toBe(
    `Edited ${shown}/${shown} at line 1`,
  );
  expect(await texts()).toEqual([
    `${shown}/ (1 file)`,
    `${shown}/${shown}`,
    `${shown}/${shown}`,
    `${shown}/${shown}:1:needle`,
  ]);
});

test('a search finds the same places, whatever the names between them hold', async () => {
  const context = await testContext();
  await mkdir(join(context.workspace, 'd'));
  for (const file of ['a', 'b\n--\nc', 'd/\n', 'z']) await write(join(context.workspace, file), 'one\nneedle\ntwo\n');
  const { text } = await searchFiles.run({ pattern: 'needle', context: 1 }, context);
  const places = ['a', 'b\\n--\\nc', 'd/\\n', 'z'].map((file) => `${file}-1-one\n${file}:2:needle\n${file}-3-two`);
  expect(text).toBe(places.join('\n--\n'));
});

test.each([
  ['CreateSession', CreateSession, { title: 'a\nb' }],
  ['ForkSession', ForkSession, { title: 'a\u001b[2J' }],
  ['UpdateSession', UpdateSession, { title: 'a\u2028b' }],
  ['ScriptMeta', ScriptMeta, { name: 'x', description: 'y', phases: [{ title: 'a\rb' }] }],
  ['ScriptMeta', ScriptMeta, { name: 'x\n', description: 'y' }],
  ['Config', Config, { models: [{ key: 'k', model: 'a\nb' }], keys: { k: { baseUrl: 'http://x/v1' } } }],
])('%s refuses a name of more than one line, with its path', (_of, schema, value) => {
  const { error } = schema.safeParse(value);
  expect(error?.issues.map(({ path }) => path.join('.')).join()).toMatch(/title|name|model/);
});

test('a name in one line is as it was, if it was one', () => {
  expect(inOneLine('naïve – 漢字 \u00a0 .ts')).toBe('naïve – 漢字 \u00a0 .ts');
});
