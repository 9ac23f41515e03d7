// Every installed package that production needs, or that is bundled into the console, must have a permissive licence;
// anything else ends with exit code 1.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// CC-BY-4.0 asks for a credit, and one package of data has it: caniuse-lite.
const permissive = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'ISC',
  'MIT',
  'Unlicense',
]);

/** Packages whose package.json has no licence: what their LICENSE file was when someone read it, for that version. */
const read = new Map([['unionfs@4.6.0', 'Unlicense']]);

/**
 * Packages that are accepted by name, with the licences they may have. libvips is a shared library that nothing is built
 * into, and fonts are files that the console serves: docs/dependencies.md says why that is enough.
 */
const named = [
  {
    name: /^@img\/sharp-(libvips-)?(darwin|linux|linuxmusl|win32)-(x64|arm64|ia32|arm)$/,
    licences: ['LGPL-3.0-or-later', 'Apache-2.0 AND LGPL-3.0-or-later'],
  },
  { name: /^@fontsource-variable\/geist(-mono)?$/, licences: ['OFL-1.1'] },
];

const isNamed = (id, licence) =>
  named.some(({ name, licences }) => name.test(id.replace(/@[^@]*$/, '')) && licences.includes(licence));

/** Of an SPDX expression: one side of OR is enough, AND needs all. What is more complicated is not permissive. */
const isPermissive = (expression) =>
  expression
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((licence) => permissive.has(licence)));

/** Development dependencies whose code Vite puts into the console, so that the package contains it. */
const bundled = [
  '@dagrejs/dagre',
  '@fontsource-variable/geist',
  '@fontsource-variable/geist-mono',
  'dompurify',
  'highlight.js',
  'katex',
  'lit',
  'marked',
];

/** The paths of those packages, and of the packages they depend on. */
const withDependencies = (packages, names) => {
  const paths = new Set();
  const add = (name, from) => {
    const path = [`${from}/node_modules/${name}`, `node_modules/${name}`].find((one) => packages[one]);
    if (path === undefined || paths.has(path)) return;
    paths.add(path);
    for (const dependency of Object.keys(packages[path].dependencies ?? {})) add(dependency, path);
  };
  for (const name of names) add(name, '');
  return paths;
};

/** Packages of `folder`/node_modules that users get: `name@version` and the licence that each declares. */
const installed = (folder) => {
  const { packages } = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8'));
  const inConsole = withDependencies(packages, bundled);
  return Object.entries(packages)
    .filter(([path, { dev }]) => !dev || inConsole.has(path))
    .map(([path]) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, path, 'package.json'), 'utf8'));
      return { id: `${name}@${version}`, licence: license };
    });
};

const folder = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
const packages = installed(folder);
const refused = packages.filter(({ id, licence }) => {
  const known = licence ?? read.get(id);
  return typeof known !== 'string' || !(isPermissive(known) || isNamed(id, known));
});
for (const { id, licence } of refused) {
  console.error(
    `Cannot accept ${id}: its licence is ${JSON.stringify(licence) ?? 'not declared'}. See docs/dependencies.md`,
  );
}
console.log(`${packages.length} packages for users, ${packages.length - refused.length} with an accepted licence`);
if (refused.length > 0 || packages.length === 0) process.exitCode = 1;
