import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readFile } from '../tools/read-file.ts';
import { runCommand } from '../tools/run-command.ts';
import { temporaryFolder } from '../tools/test-context.ts';
import type { Tool } from '../tools/tool.ts';
import { createWebFetch } from '../tools/web-fetch.ts';
import { movedSince, subjectOf } from './subject-of.ts';

const setUp = async () => {
  const workspace = await temporaryFolder();
  const bin = await temporaryFolder();
  const place = { workspace, agent: 'default', env: { PATH: bin } };
  const program = async (folder: string, name: string): Promise<void> => {
    await writeFile(path.join(folder, name), '#!/bin/sh\n');
    await chmod(path.join(folder, name), 0o755);
  };
  const look = (tool: Tool, args: Record<string, unknown>) => subjectOf(tool, args, place);
  return { workspace, bin, place, program, look };
};

test('paths are where they lead, also those that are not there yet', async () => {
  const { workspace, look } = await setUp();
  await mkdir(path.join(workspace, 'real'));
  await symlink('real', path.join(workspace, 'link'));
  for (const [given, real] of [
    ['link/a', 'real/a'],
    ['x/../real/./a', 'real/a'],
    [path.join(workspace, 'link', 'a'), 'real/a'],
  ] as const) {
    expect((await look(readFile, { path: given })).paths).toEqual([path.join(workspace, real)]);
  }
  await symlink('loop', path.join(workspace, 'loop'));
  expect((await look(readFile, { path: 'loop' })).paths).toEqual([null]);
});

test('a command names its files, in options, revisions and the text of a shell', async () => {
  const { workspace, look } = await setUp();
  await writeFile(path.join(workspace, '.env'), '');
  const env = path.join(workspace, '.env');
  for (const argv of [
    ['cat', '.env'],
    ['tool', '--file=.env'],
    ['tool', '-f.env'],
    ['curl', '-d', '@.env'],
    ['git', 'show', 'HEAD:.env'],
    ['sh', '-c', 'cat ./.env'],
    ['sh', '-c', 'tr a b < .env'],
    ['env', 'sh', '-c', 'x=$(cat ".env")'],
  ]) {
    expect((await look(runCommand, { argv })).paths, argv.join(' ')).toContain(env);
  }
  expect((await look(runCommand, { argv: ['sh', '-c', 'echo a > new'] })).paths).toEqual([path.join(workspace, 'new')]);
});

test('a command names the home folder, and hosts', async () => {
  const { place, look } = await setUp();
  const home = await temporaryFolder();
  Object.assign(place.env, { HOME: home });
  const key = path.join(home, 'key');
  await writeFile(key, '');
  for (const text of ['cat ~/key', 'cat "$HOME"/key', `cat \${HOME}/key`, 'tool --file=~/key', 'wc < ~/key'])
    expect((await look(runCommand, { argv: ['sh', '-c', text] })).paths, text).toContain(key);
  for (const [word, host] of [
    ['https://user:x@A.example.org:8080/x?y', 'a.example.org'],
    ['--url=https://a.example.org', 'a.example.org'],
    ['git@a.example.org:x/y.git', 'a.example.org'],
    ['a.example.org/x', 'a.example.org'],
  ] as const)
    expect((await look(runCommand, { argv: ['curl', word] })).hosts, word).toContain(host);
});

test('tools of others name files and hosts in arguments of any name', async () => {
  const { workspace, look } = await setUp();
  const tool: Tool = { ...readFile, name: 'files__x', source: 'mcp:files' };
  const env = path.join(workspace, '.env');
  for (const args of [
    { path: '.env' },
    { paths: ['a', '.env'] },
    { source: '.env', destination: 'x' },
    { file_path: './.env' },
    { options: { inputFile: '.env' } },
    { edits: [{ anything: env }] },
    { uri: `file://${env}` },
  ])
    expect((await look(tool, args)).paths, JSON.stringify(args)).toContain(env);
  expect((await look(tool, { content: 'a text\n.env', name: 'source', source: 'web', n: 1 })).paths).toEqual([]);
  expect((await look(tool, { urls: ['https://example.org/x'], uri: 'http://b.example.org' })).hosts).toEqual([
    'example.org',
    'b.example.org',
  ]);
});

test('a program is known by its links, and as one of the workspace', async () => {
  const { workspace, bin, place, program, look } = await setUp();
  await program(bin, 'rm');
  await symlink(path.join(bin, 'rm'), path.join(workspace, 'tidy'));
  expect((await look(runCommand, { argv: ['./tidy'] })).command).toMatchObject({ names: ['rm'], isOwn: false });
  place.env.PATH = `${workspace}:${bin}`;
  await program(workspace, 'npm');
  expect((await look(runCommand, { argv: ['npm'] })).command).toMatchObject({ isOwn: true });
});

test('an approval holds for the program that it was given for', async () => {
  const { workspace, bin, place, program, look } = await setUp();
  const then = await look(runCommand, { argv: ['later'] });
  expect(movedSince(then, then)).toBeNull();
  await program(bin, 'later');
  const installed = await look(runCommand, { argv: ['later'] });
  expect(movedSince(then, installed)).toBeNull();
  place.env.PATH = `${workspace}:${bin}`;
  await program(workspace, 'later');
  const planted = await look(runCommand, { argv: ['later'] });
  expect(movedSince(then, planted)).not.toBeNull();
  expect(movedSince(installed, planted)).not.toBeNull();
});

test('a host is that of the address', async () => {
  const { look } = await setUp();
  expect((await look(createWebFetch(), { url: 'https://user@EXAMPLE.org:8080/x' })).hosts).toEqual(['example.org']);
  expect((await look(createWebFetch(), { url: 'nothing' })).hosts).toEqual([]);
});
