import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openUnconfined } from '../../activities/tools/confine/tracked.ts';
import { askHost } from '../../activities/tools/own/ask-host.ts';
import { temporaryFolder } from '../../activities/tools/test-context.ts';
import { McpServer } from '../../contracts/mcp.ts';
import { openSkills } from '../../definitions/skill-files.ts';
import { parseConfig } from '../../runtime/config.ts';
import { describeFile } from './own-tools.ts';

const read = (name: string): Promise<string> =>
  readFile(path.join(import.meta.dirname, '..', '..', 'docs', name), 'utf8');
const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, block = '']) => block);

test('the tool of the document works as it says', async () => {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'count_words.ts');
  const [source = ''] = blocks(await read('tools.md'), 'ts');
  await writeFile(file, source);
  const process = { cwd: folder, env: {}, confinement: openUnconfined(null) };
  expect(await describeFile(file, process)).toMatchObject({ tool: { name: 'count_words', permission: 'read' } });
  const answer = await askHost({
    ...process,
    request: { action: 'run', file, args: { text: 'one two three' }, workspace: folder, key: 'k' },
    seconds: 20,
    signal: new AbortController().signal,
    onOutput: () => undefined,
  });
  expect(answer).toMatchObject({ outcome: 'done', text: '{"words":3}' });
});

test('the skill of the document is one', async () => {
  const project = await temporaryFolder();
  const folder = path.join(project, '.everturn', 'skills', 'release-notes');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'SKILL.md'), blocks(await read('tools.md'), 'markdown')[0] ?? '');
  const [skill] = openSkills({ project, home: project, catalog: project })();
  expect(skill).toMatchObject({ name: 'release-notes', problem: null });
});

test('the configurations of the documents can be used, and every field has its row', async () => {
  const text = await read('mcp.md');
  const examples = [...blocks(text, 'yaml'), ...blocks(await read('tools.md'), 'yaml')];
  for (const example of examples) expect(() => parseConfig(example, 'everturn.yaml')).not.toThrow();
  expect(Object.keys(parseConfig(examples[0] ?? '', 'everturn.yaml').mcp)).toEqual(['files', 'github']);
  const missing = Object.keys(McpServer.shape).filter((field) => !new RegExp(`^\\|.*\`${field}[\`.]`, 'm').test(text));
  expect(missing).toEqual([]);
});
