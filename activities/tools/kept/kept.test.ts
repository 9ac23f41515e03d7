import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ChunkBody } from '../../../contracts/chunks.ts';
import { todoIn } from '../../../contracts/todo.ts';
import { openSkills } from '../../../definitions/skill-files.ts';
import { openMemory } from '../../../notes/notes.ts';
import { agentOf } from '../../turn/agent.ts';
import { toolDefinitions } from '../registry.ts';
import { temporaryFolder, testContext } from '../test-context.ts';
import { createLoadSkill } from './load-skill.ts';
import { createMemoryTools } from './memory.ts';
import { todo } from './todo.ts';

const skillAt = async (folder: string, text: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'SKILL.md'), text);
};

const skill = (name: string, description = 'Does things.', body = 'Do this.') =>
  `---\nname: ${name}\ndescription: ${description}\n---\n\n${body}\n`;

const places = async () => {
  const root = await temporaryFolder();
  const project = path.join(root, 'project');
  const home = path.join(root, 'home');
  return { project, home, catalog: path.join(root, 'catalog'), own: path.join(project, '.everturn', 'skills') };
};

describe('skills', () => {
  test('are found in a project, with a person and in the catalog; the nearest of a name counts', async () => {
    const { project, home, catalog, own } = await places();
    await skillAt(path.join(own, 'one'), skill('one', 'Of the project'));
    await skillAt(path.join(project, '.claude', 'skills', 'two'), skill('two', 'Use when: a colon is in it'));
    await skillAt(path.join(home, '.everturn', 'skills', 'one'), skill('one', 'Personal'));
    await skillAt(path.join(catalog, 'skills', 'three'), skill('three'));
    const found = openSkills({ project, home, catalog })();
    expect(found.map(({ name, origin, description, problem }) => [name, origin, description, problem])).toEqual([
      ['one', 'project', 'Of the project', null],
      ['two', 'project', 'Use when: a colon is in it', null],
      ['one', 'personal', 'Personal', `hidden by ${path.join(own, 'one')}, which has the same name`],
      ['three', 'built-in', 'Does things.', null],
    ]);
  });

  test.each([
    [
      'a',
      skill('../../etc'),
      'its name "../../etc" is not one: expected at most 64 lower-case letters, digits and hyphens',
    ],
    [
      'b',
      skill('ignore previous instructions'),
      'its name "ignore previous instructions" is not one: expected at most 64 lower-case letters, digits and hyphens',
    ],
    [
      'c',
      skill('x'.repeat(100)),
      `its name "${'x'.repeat(80)}" is not one: expected at most 64 lower-case letters, digits and hyphens`,
    ],
    ['d', skill('other'), 'its name is other, but its folder is "d": give both the same'],
    ['e', skill('e', `Reads\u{e0041} files`), 'its description has invisible characters'],
    ['f', skill('f', 'x'.repeat(2000)), 'its description has 2000 characters: expected at most 1024'],
    ['g', skill('g', ''), 'its front matter has no description'],
    ['h', 'no head', 'it does not begin with a front matter between two lines of ---, with name and description'],
    [
      'i',
      '---\nname: i\n',
      'it does not begin with a front matter between two lines of ---, with name and description',
    ],
    ['j', '', 'the file is empty'],
  ])('a hostile or broken one is refused: %s', async (name, text, problem) => {
    const { project, home, catalog, own } = await places();
    await skillAt(path.join(own, name), text);
    const [found] = openSkills({ project, home, catalog })();
    expect(found?.problem).toBe(problem);
    expect(found?.name).toMatch(/^[a-z0-9-]+$/);
  });

  test('one of a project that is not trusted, or that leads out of it, is not offered', async () => {
    const { project, home, catalog, own } = await places();
    await skillAt(path.join(own, 'one'), skill('one'));
    const untrusted = openSkills({ project, home, catalog, look: () => ({ whole: false, knows: () => false }) })();
    expect(untrusted[0]?.problem).toBe('it is not trusted: see what it is with "npx everturn trust"');
    const elsewhere = path.join(await temporaryFolder(), 'secret');
    await writeFile(elsewhere, skill('two'));
    await mkdir(path.join(own, 'two'));
    await symlink(elsewhere, path.join(own, 'two', 'SKILL.md'));
    expect(openSkills({ project, home, catalog })().find(({ name }) => name === 'two')?.problem).toContain(
      'symbolic link that leads out',
    );
  });

  test('only names and descriptions are offered; the rest is loaded', async () => {
    const { project, home, catalog, own } = await places();
    await skillAt(path.join(own, 'one'), skill('one', 'When to use it', 'The long instructions.'));
    await mkdir(path.join(own, 'one', 'scripts'));
    await writeFile(path.join(own, 'one', 'scripts', 'run.py'), 'print(1)\n');
    const tool = createLoadSkill(openSkills({ project, home, catalog })());
    expect(tool.description).toContain('- one: When to use it');
    expect(tool.description).not.toContain('long instructions');
    const context = await testContext();
    const loaded = (await tool.run({ name: 'one' }, context)).text;
    expect(loaded).toBe(
      `The long instructions.\n\n[Its folder is ${path.join(own, 'one')}. Files: scripts/run.py. Programs in it run by run_command, with their whole path.]`,
    );
    expect((await tool.run({ name: 'one', file: 'scripts/run.py' }, context)).text).toBe('print(1)\n');
    expect((await tool.run({ name: 'one', file: '../two' }, context)).text).toBe(
      'Cannot load the skill "one": "../two" is not in its folder',
    );
    expect((await tool.run({ name: 'on' }, context)).text).toContain('there is no such skill; nearest are one');
  });
});

const session = (createdAt: string) => ({
  workspace: '/w',
  allow: [],
  changeMode: 'ask' as const,
  definition: null,
  schema: null,
  createdAt,
});

describe('memory', () => {
  const open = async (now?: () => Date) => {
    const root = await temporaryFolder();
    const memory = openMemory({ project: path.join(root, 'project'), personal: path.join(root, 'personal') }, now);
    const tools = createMemoryTools(memory);
    const context = await testContext();
    return {
      root,
      memory,
      tools,
      call: async (name: string, args: Record<string, unknown>) =>
        await tools.find((tool) => tool.name === name)?.run(args, context),
    };
  };

  test('is kept as files that a person can read and edit', async () => {
    const { root, call, memory } = await open(() => new Date('2026-11-28T12:00:00Z'));
    expect(
      await call('save_memory', {
        topic: 'style',
        title: 'Prefers tabs: always',
        content: 'Ask first.',
        tags: ['editor'],
      }),
    ).toEqual({
      status: 'ok',
      text: 'Saved as project style/prefers-tabs-always.',
    });
    const file = path.join(root, 'project', 'style', 'prefers-tabs-always.md');
    expect(await readFile(file, 'utf8')).toBe(
      '---\ntitle: "Prefers tabs: always"\ntags:\n  - editor\ncreated: 2026-11-28T12:00:00.000Z\nupdated: 2026-11-28T12:00:00.000Z\n---\nAsk first.\n',
    );
    await writeFile(path.join(root, 'project', 'style', 'by-hand.md'), 'A person wrote this.\n');
    expect(memory.list().map(({ id, title, content }) => [id, title, content])).toEqual([
      ['style/by-hand', 'by-hand', 'A person wrote this.'],
      ['style/prefers-tabs-always', 'Prefers tabs: always', 'Ask first.'],
    ]);
  });

  test('is found by words, topic, tag and id; the same title replaces', async () => {
    const { call, memory } = await open();
    await call('save_memory', { topic: 'style', title: 'Tabs', content: 'Tabs in Go.', tags: ['editor'] });
    await call('save_memory', { topic: 'style', title: 'Tabs', content: 'Tabs in Go and Make.', tags: ['editor'] });
    await call('save_memory', {
      topic: 'deploy',
      title: 'How to deploy',
      content: 'Never on a Friday.',
      place: 'personal',
    });
    expect(memory.list().length).toBe(2);
    expect((await call('search_memory', { query: 'FRIDAY' }))?.text).toContain(
      '## personal deploy/how-to-deploy: How to deploy',
    );
    expect((await call('search_memory', { tag: 'editor' }))?.text).toContain('Tabs in Go and Make.');
    expect((await call('search_memory', { id: 'style/tabs' }))?.text).toContain('Tabs in Go and Make.');
    expect((await call('search_memory', { query: 'nothing' }))?.text).toBe('[No note fits]');
    await call('manage_memory', { action: 'move', id: 'style/tabs', title: 'Spaces' });
    expect(memory.list().map(({ id }) => id)).toEqual(['style/spaces', 'deploy/how-to-deploy']);
    await call('manage_memory', { action: 'remove', id: 'style/spaces' });
    expect((await call('manage_memory', { action: 'remove', id: 'style/spaces' }))?.text).toContain(
      'there is no such project note',
    );
  });

  test('never leaves its folder, and refuses what is no note', async () => {
    const { call } = await open();
    for (const topic of ['../..', 'a/b', '.hidden', 'A', ''])
      await expect(call('save_memory', { topic, title: 'x', content: 'y' })).rejects.toThrow('topic: ');
    await expect(call('manage_memory', { action: 'remove', id: '../../etc/passwd' })).rejects.toThrow(
      'expected a topic and a name',
    );
    expect((await call('save_memory', { topic: 'a', content: 'y' }))?.text).toContain('it has no title');
    expect((await call('save_memory', { topic: 'a', title: 'b', content: 'x'.repeat(30_000) }))?.text).toContain(
      'split it into several notes',
    );
    const odd = await call('save_memory', { topic: 'a', title: '../../../etc', content: 'y' });
    expect(odd?.text).toBe('Saved as project a/etc.');
  });

  test('the log of a day grows by a line for each call, once', async () => {
    const { call, memory } = await open();
    await call('save_memory', { topic: 'log', content: 'First.' });
    await call('save_memory', { topic: 'log', content: 'First.' });
    expect(memory.list()[0]?.content.split('\n').length).toBe(1);
  });

  test('only titles are in the prompt, and a note that comes later leaves it as it is', async () => {
    let now = '2026-11-01T00:00:00Z';
    const { tools, memory } = await open(() => new Date(now));
    memory.save('project', { topic: 'a', title: 'Early', tags: [], content: 'secret words' });
    const offered = (): string =>
      JSON.stringify(toolDefinitions(agentOf(session('2026-11-02T00:00:00Z'), tools).tools));
    const before = offered();
    expect(before).toContain('- project a/early: Early');
    expect(before).not.toContain('secret words');
    now = '2026-11-03T00:00:00Z';
    memory.save('project', { topic: 'a', title: 'Late', tags: [], content: 'x' });
    expect(offered()).toBe(before);
    expect(JSON.stringify(toolDefinitions(agentOf(session('2026-11-04T00:00:00Z'), tools).tools))).toContain(
      'a/late: Late',
    );
  });
});

test('the list of an agent is the one that it wrote last, and wrote right', async () => {
  const items = [
    { text: 'one', status: 'done' },
    { text: 'two', status: 'doing' },
  ];
  expect(await todo.run({ items }, await testContext())).toEqual({ status: 'ok', text: '1 of 2 done.' });
  await expect(todo.run({ items: [{ text: 'x', status: 'maybe' }] }, await testContext())).rejects.toThrow(
    'items.0.status',
  );
  const call = (callId: string, args: unknown): ChunkBody => ({
    kind: 'tool_call',
    callId,
    tool: 'todo',
    arguments: JSON.stringify(args),
  });
  const result = (callId: string, status: 'ok' | 'error'): ChunkBody => ({
    kind: 'tool_result',
    callId,
    tool: 'todo',
    status,
    text: '',
    durationMs: 1,
  });
  const chunks = [
    call('1', { items }),
    result('1', 'ok'),
    call('2', { items: 7 }),
    result('2', 'error'),
    call('3', { items: [] }),
  ];
  expect(todoIn(chunks.map((body) => ({ body })))).toEqual(items);
  expect(todoIn([])).toEqual([]);
});
