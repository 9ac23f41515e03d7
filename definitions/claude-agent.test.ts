import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseAgentFile } from './agent-file.ts';
import { openDefinitions } from './definitions.ts';
import { faultText } from './fault-text.ts';

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true });
});
const read = (head: string, body = 'You review.', file = '/p/.claude/agents/x.md') => {
  const { definition, faults, warnings } = parseAgentFile(`---\n${head}\n---\n${body}\n`, file);
  return { definition, faults: faults.map(faultText), warnings: warnings.map(({ message }) => message) };
};

test('an agent of Claude Code: its name, tools and model are its own', () => {
  expect(
    read('name: code-reviewer\ndescription: Reviews\ntools: Read, Grep, Glob, LS, WebFetch\nmodel: sonnet'),
  ).toEqual({
    definition: {
      name: 'code-reviewer',
      description: 'Reviews',
      models: ['sonnet'],
      tools: ['read_file', 'search_files', 'list_files', 'web_fetch'],
      permissions: [],
      prompt: 'You review.',
    },
    faults: [],
    warnings: [],
  });
});

test.each([
  ['a list', 'tools: [Read, Edit, MultiEdit]', ['read_file', 'edit_file']],
  ['all of them', 'tools: "*"', undefined],
  ['none said', 'description: x', undefined],
  ['ours', 'tools: read_file, git_diff', ['read_file', 'git_diff']],
  ['a rule', 'tools: Bash(git diff:*, git log:*), Read', ['run_command', 'read_file']],
  ['of MCP servers', 'tools: mcp__x__y, mcp__z', ['x__y', 'z__*']],
  ['one that is not here', 'tools: NotebookEdit, mcp__, Read', ['read_file']],
  ['of this and that', 'tools: TodoWrite, WebSearch, KillShell', ['todo', 'web_search', 'command_stop']],
  ['of newer versions', 'tools: Read, TaskCreate, TaskUpdate, StructuredOutput', ['read_file', 'todo']],
])('tools: %s', (_name, head, tools) => {
  expect(read(head).definition?.tools).toEqual(tools);
});

test('tools that are denied are left out, of all where no others are named', () => {
  const { definition } = read('disallowedTools: Write, Edit, Bash');
  expect(definition?.tools).toContain('read_file');
  for (const name of ['write_file', 'edit_file', 'run_command']) expect(definition?.tools).not.toContain(name);
});

test('what is left out is a warning: fields, tools, rules, permissions', () => {
  expect(
    read('name: x\ncolor: red\npermissions: [run]\nmcpServers: [a]\ntools: Bash(ls), NotebookEdit').warnings,
  ).toEqual([
    'the fields "color", "permissions", "mcpServers" are ignored',
    'the rule of "Bash(ls)" is not kept: its calls are asked for like those of any tool',
    'there is no tool "NotebookEdit" here: it is left out',
  ]);
  expect(read('permissions: [run]').definition?.permissions).toEqual([]);
});

test('maxTurns limits the requests of a turn, and tools by the names of other files are told', () => {
  expect(read('maxTurns: 30').definition?.stepsPerTurn).toBe(30);
  expect(read('maxTurns: many')).toMatchObject({
    definition: { name: 'x' },
    warnings: ['maxTurns is ignored: expected a number from 1 to 10,000'],
  });
  expect(read('allowed-tools: Read\nallowedTools: [Read]\nskills: [a]').warnings).toEqual([
    'the field "allowed-tools" is ignored; did you mean "tools"?',
    'the field "allowedTools" is ignored; did you mean "tools"?',
    'the field "skills" is ignored',
  ]);
});

test('a description that is no YAML is read line by line', () => {
  const head = `name: helper
description: Use this agent when: a user asks. Example: "x: y" {a}
  It goes on here: and here.
tools: Read`;
  expect(read(head)).toMatchObject({
    definition: {
      name: 'helper',
      description: 'Use this agent when: a user asks. Example: "x: y" {a}\nIt goes on here: and here.',
      tools: ['read_file'],
    },
    faults: [],
  });
});

test('the fields beside a description that is no YAML keep their lists', () => {
  const head = (tools: string): string => `description: Use it when: asked\ntools:${tools}\nmodel: opus`;
  for (const tools of ['\n  - Read\n  - Bash(git diff:*)', '\n- Read\n- Bash', ' [Read, Bash]', ' "Read, Bash"'])
    expect(read(head(tools)).definition).toMatchObject({ tools: ['read_file', 'run_command'], models: ['opus'] });
});

test('who may not write may not write in other ways', () => {
  const { tools } = read('disallowedTools: [Write, Edit]').definition ?? {};
  expect(tools).toEqual(expect.arrayContaining(['read_file', 'run_command', 'todo']));
  for (const name of ['write_file', 'apply_patch', 'delete_file']) expect(tools).not.toContain(name);
});

test('faults have a line', () => {
  expect(read('name: x', '').faults).toEqual([expect.stringMatching(/x\.md:3:1 no text below the front matter/)]);
  expect(parseAgentFile('---\nname: x\nYou', '/p/.claude/agents/x.md').faults[0]?.message).toMatch(/has no end/);
});

test('folders: ours before those of Claude Code, the project before the home; what is hidden is reported', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'everturn-claude-'));
  roots.push(root);
  const agent = (place: string, name: string, prompt: string): void => {
    const file = path.join(root, place, 'agents', `${name}.md`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, place.includes('.claude') ? `---\nname: ${name}\n---\n${prompt}` : prompt);
  };
  agent('project/.everturn', 'a', 'ours');
  agent('project/.claude', 'a', 'theirs');
  agent('project/.claude', 'b', 'of the project');
  agent('home/.everturn', 'b', 'ours at home');
  agent('home/.claude', 'c', 'at home');
  agent('home/.claude', 'Explore', 'mine');
  const script = path.join(root, 'home/.claude/workflows/s.js');
  mkdirSync(path.dirname(script), { recursive: true });
  writeFileSync(
    script,
    "export const meta = { name: 'Deep research!', description: 'x' }\nreturn await agent('x', { agentType: 'crew:c' })",
  );
  const definitions = openDefinitions({ project: path.join(root, 'project'), home: path.join(root, 'home') });
  const prompts = ['a', 'b', 'c', 'Explore', 'plugin:c'].map((name) => definitions.agent(name).definition.prompt);
  expect(prompts).toEqual(['ours', 'of the project', 'at home', 'mine', 'at home']);
  const shadows = (name: string) =>
    definitions
      .shadowing()
      .find((one) => one.name === name)
      ?.shadows.map((file) => path.relative(root, file));
  expect(shadows('a')).toEqual(['project/.claude/agents/a.md']);
  expect(shadows('b')).toEqual(['home/.everturn/agents/b.md']);
  expect(definitions.scripts().find(({ name }) => name === 'Deep-research')).toMatchObject({
    faults: [],
    origin: 'personal',
  });
  expect(definitions.script('Deep research!').file).toBe(script);
});

test('an agent file with faults is a fault of the script that names it, with its line', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'everturn-claude-'));
  roots.push(root);
  mkdirSync(path.join(root, '.claude', 'agents'), { recursive: true });
  writeFileSync(path.join(root, '.claude', 'agents', 'odd.md'), '---\nname: odd\n---\n');
  writeFileSync(
    path.join(root, 's.js'),
    "export const meta = { name: 's', description: 'x' }\nreturn await agent('x', { agentType: 'odd' })",
  );
  const definitions = openDefinitions({ project: root, home: path.join(root, 'home') });
  expect(definitions.check(path.join(root, 's.js')).map(({ line, message }) => `${line} ${message}`)).toEqual([
    expect.stringMatching(/^2 agent "odd" cannot be used: .*odd\.md:3:1 no text below/),
  ]);
});

test('models: an alias is known, another name warns with the nearest ones, and strictModels refuses it', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'everturn-claude-'));
  roots.push(root);
  const file = path.join(root, 's.js');
  writeFileSync(
    file,
    "export const meta = { name: 's', description: 'x' }\nawait agent('x', { model: 'opus' })\nreturn await agent('y', { model: 'hiaku' })",
  );
  const open = (strict: boolean) =>
    openDefinitions({
      project: root,
      home: root,
      models: () => ({ names: ['big'], aliases: { opus: 'big', haiku: 'big' }, strict }),
    });
  expect(open(false).check(file)).toEqual([]);
  expect(
    open(false)
      .warnings(file)
      .map(({ line, message }) => `${line} ${message}`),
  ).toEqual([
    expect.stringMatching(
      /^3 the model "hiaku" is not configured, so the default "big" is used; configured are "big"; the nearest are "haiku"/,
    ),
  ]);
  expect(open(true).check(file)).toHaveLength(1);
});

test.each([
  ['indented by tabs', 'description: |\n\tLong\ntools:\n\t- Read\n\t- Grep'],
  ['a star in brackets', 'description: d\nname: x\ntools: [*]'],
])('front matter that YAML refuses: %s', (_name, head) => {
  const { definition, faults, warnings } = read(head);
  expect({ faults, warnings, tools: definition?.tools }).toEqual({
    faults: [],
    warnings: [],
    tools: head.includes('*') ? undefined : ['read_file', 'search_files'],
  });
});

test('empty lines above the front matter, and a name that is a number', () => {
  const { name, definition } = parseAgentFile(
    '\n\r\n---\r\nname: 7\r\ntools: Read\r\n---\r\nYou.',
    '/p/.claude/agents/x.md',
  );
  expect({ name, tools: definition?.tools, prompt: definition?.prompt }).toEqual({
    name: '7',
    tools: ['read_file'],
    prompt: 'You.',
  });
});

test('agents in subfolders are found by the name in their front matter; a file without a name is not an agent', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'everturn-claude-'));
  roots.push(root);
  const put = (place: string, text: string): void => {
    const file = path.join(root, '.claude', 'agents', place);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  put('top.md', 'No front matter: the name of the file.');
  put('core/review/careful.md', '---\nname: reviewer\ntools: Read\n---\nYou review.');
  put('core/README.md', '# What is here');
  put('.git/agent.md', '---\nname: hidden\n---\nx');
  put('docs/broken.md', '---\nname: broken\n---\n');
  const definitions = openDefinitions({ project: root, home: path.join(root, 'home') });
  const own = definitions.agents().filter(({ origin }) => origin === 'project');
  expect(own.map(({ name, file }) => `${name} ${path.relative(path.join(root, '.claude', 'agents'), file)}`)).toEqual([
    'reviewer core/review/careful.md',
    'broken docs/broken.md',
    'top top.md',
  ]);
  expect(definitions.agent('crew:reviewer').definition).toMatchObject({ tools: ['read_file'], prompt: 'You review.' });
  expect(definitions.agents().find(({ name }) => name === 'broken')?.faults).toHaveLength(1);
});
