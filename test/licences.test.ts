import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const check = fileURLToPath(new URL('../.ci/licences.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'licences-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Checks a folder with one installed package, `version` 1.0.0. */
const checked = (name: string, license: unknown, { dev = false } = {}) => {
  const write = (path: string, content: unknown): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify(content));
  };
  write('node_modules/other/package.json', { name: 'other', version: '1.0.0', license: 'MIT' });
  write(`node_modules/${name}/package.json`, { name, version: '1.0.0', license });
  write('node_modules/.package-lock.json', {
    packages: { 'node_modules/other': {}, [`node_modules/${name}`]: dev ? { dev } : {} },
  });
  return spawnSync(process.execPath, [check, folder], { encoding: 'utf8' });
};

test.each(['MIT', 'Apache-2.0 AND MIT', '(MPL-2.0 OR Apache-2.0)'])('a package under %s is accepted', (license) => {
  expect(checked('fine', license)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('2 packages for users, 2'),
  });
});

test.each([
  'GPL-3.0',
  'MIT AND SSPL-1.0',
  'UNLICENSED',
  'SEE LICENSE IN x',
  '((MIT) OR (GPL-3.0))',
  undefined,
  ['MIT'],
  {},
])('a package whose licence is %j ends the check with its name', (license) => {
  expect(checked('@some/thing', license)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('Cannot accept @some/thing@1.0.0'),
  });
});

test.each([
  ['@img/sharp-libvips-linux-x64', 'LGPL-3.0-or-later'],
  ['@img/sharp-win32-x64', 'Apache-2.0 AND LGPL-3.0-or-later'],
  ['@fontsource-variable/geist-mono', 'OFL-1.1'],
])('%s is accepted by its name, under that licence alone', (name, licence) => {
  expect(checked(name, licence).status).toBe(0);
  expect(checked(name, 'GPL-3.0').status).toBe(1);
  expect(checked(`${name}-more`, licence).status).toBe(1);
});

test('a licence that was read holds for that version alone', () => {
  expect(checked('unionfs', undefined)).toMatchObject({ status: 1, stderr: expect.stringContaining('not declared') });
});

test('a package that is bundled into the console counts, though only development installs it', () => {
  expect(checked('lit', 'MPL-2.0', { dev: true }).status).toBe(1);
  expect(checked('lit', 'MIT', { dev: true }).stdout).toContain('2 packages for users, 2');
});

test('other packages of development may have any licence', () => {
  expect(checked('tool', 'MPL-2.0', { dev: true }).status).toBe(0);
});
