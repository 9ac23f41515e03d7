import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { machineProgram } from './programs.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'everturn-programs-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const put = (folder: string): string => {
  const file = path.join(root, folder, 'temporal');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, 0o755);
  return path.dirname(file);
};
const find = (folders: string[], project = 'clone') =>
  machineProgram('temporal', { PATH: folders.join(path.delimiter), EVERTURN_PROJECT: path.join(root, project) });

test('no program of the project is taken, wherever PATH leads; one of the machine is', () => {
  const brought = [put('clone/node_modules/.bin'), put('clone/bin'), `${root}/elsewhere/../clone/bin`];
  const ofParents = put('node_modules/.bin');
  const relative = ['', '.', './bin', path.relative(process.cwd(), put('clone/tools'))];
  expect(find([...brought, ofParents, ...relative])).toBeNull();
  const own = put('usr/bin');
  expect(find([...brought, ofParents, ...relative, own])).toBe(path.join(own, 'temporal'));
});

test('a project that holds the home folder does not close the programs there', () => {
  const home = process.env.HOME;
  process.env.HOME = path.join(root, 'home');
  try {
    const own = put('home/.temporalio/bin');
    expect(find([put('home/node_modules/.bin'), own], 'home')).toBe(path.join(own, 'temporal'));
  } finally {
    process.env.HOME = home;
  }
});
