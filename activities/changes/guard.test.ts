import { expect, test } from 'vitest';
import { noticesOf } from './guard.ts';
import { hashOf } from './texts.ts';

const noticed = (path: string, before: string | null, after: string) =>
  noticesOf({
    path,
    from: null,
    before:
      before === null
        ? null
        : { bytes: Buffer.from(before), hash: hashOf(Buffer.from(before)), mode: 0, otherNames: 0 },
    after: { bytes: Buffer.from(after), mode: 0 },
  });

test.each([
  ['a.ts', 'const a = 1;\n', 'const a = (1;\n'],
  ['a.tsx', 'const a = <b />;\n', 'const a = <b>;\n'],
  ['a.json', '{"a": 1}', '{"a": 1'],
  ['a.yaml', 'a: 1\n', 'a: [1\n'],
  ['a.mjs', null, 'function {\n'],
])('a change after which %s does not parse', (path, before, after) => {
  expect(noticed(path, before, after)).toEqual([expect.stringMatching(`^${path} does not parse after this change: .`)]);
  // What was so before is not of this change.
  if (before !== null) expect(noticed(path, after, `${after}\n`)).toEqual([]);
  if (before !== null) expect(noticed(path, null, before)).toEqual([]);
});

test('an import that is gone and still used', () => {
  const before = "import { a, b as c } from 'x';\nimport d from 'y';\nexport const e = () => a(c, d.c);\n";
  expect(noticed('x.ts', before, before.replace("import d from 'y';\n", ''))).toEqual([
    'The import of d is gone from x.ts, and d is still used there',
  ]);
  expect(noticed('x.ts', before, before.replace('a, b as c', 'a'))).toEqual([
    'The import of c is gone from x.ts, and c is still used there',
  ]);
});

test('an import that is gone, and so is its use, or declared otherwise, or a mere property', () => {
  const before = "import { a } from 'x';\nexport const e = () => a();\n";
  for (const after of [
    'export const e = 1;\n',
    'const a = () => 1;\nexport const e = () => a();\n',
    'export const e = (x) => x.a;\n',
    'export const e = { a: 1 };\n',
    'export const e = (a) => a();\n',
    'export const e = ({ a }) => a();\n',
    'function a() {}\nexport const e = () => a();\n',
  ])
    expect(noticed('x.ts', before, after)).toEqual([]);
});

test('JSON with comments, other files and long ones are not looked at', () => {
  expect(noticed('tsconfig.json', null, '// a\n{"a": 1,}')).toEqual([]);
  expect(noticed('a.py', null, 'def (')).toEqual([]);
  expect(noticed('a.ts', null, '('.repeat(300_001))).toEqual([]);
});
