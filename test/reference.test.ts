import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { routeSummaries } from '../api/plugins/route-summaries.ts';
import { nameOfModel } from '../contracts/config/models.ts';
import { parseConfig } from '../runtime/config.ts';
import { grantsOfConfig } from '../trust/grants/config.ts';
import { apiReference, type OpenApiFile } from './support/reference/api.ts';
import { cliReference } from './support/reference/cli.ts';
import { configurationReference, undescribedFields } from './support/reference/configuration.ts';
import { errorsReference } from './support/reference/errors.ts';

const root = path.join(import.meta.dirname, '..');
const docs = path.join(root, 'docs');
const openapi = (): OpenApiFile => JSON.parse(readFileSync(path.join(docs, 'openapi.json'), 'utf8')) as OpenApiFile;

test.each([
  ['api.md', () => apiReference(openapi())],
  ['cli.md', cliReference],
  ['configuration.md', configurationReference],
  ['errors.md', errorsReference],
])('docs/reference/%s is what its source says; `npm run reference` writes it', async (name, write) => {
  const file = path.join(docs, 'reference', name);
  const text = await write();
  if (process.env.EVERTURN_WRITE_REFERENCE) writeFileSync(file, text);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('the example of docs/configuration.md, and the file that "everturn init" writes, are used as they are', () => {
  const guide = readFileSync(path.join(docs, 'configuration.md'), 'utf8');
  const example = /```yaml\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';
  expect(parseConfig(example, 'everturn.yaml').models.map(nameOfModel)).toEqual(['careful', 'fast']);
  const initial = readFileSync(path.join(docs, '..', 'catalog', 'project', 'everturn.yaml'), 'utf8');
  expect(grantsOfConfig(parseConfig(initial, 'everturn.yaml'))).toEqual([]);
  const uncommented = initial.replaceAll(/^# (?=keys:|models:| )/gm, '');
  expect(parseConfig(uncommented, 'everturn.yaml').models.map(nameOfModel)).toEqual(['deepseek-chat']);
});

test('every field of everturn.yaml has a description', () => {
  expect(undescribedFields()).toEqual([]);
});

test('every route has a summary in api/plugins/route-summaries.ts', () => {
  const routes = Object.entries(openapi().paths).flatMap(([route, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${route}`),
  );
  expect(routes.filter((route) => !(route in routeSummaries))).toEqual([]);
});

/** As GitHub makes them of headings. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );

const brokenLinks = (file: string, text: string): string[] =>
  [...text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(
    ([link, target = '', anchor]) => {
      const place = target === '' ? file : path.join(path.dirname(file), target);
      if (!existsSync(place)) return [`${file}: ${link}`];
      if (anchor === undefined || path.extname(place) !== '.md') return [];
      return anchorsOf(readFileSync(place, 'utf8')).includes(anchor) ? [] : [`${file}: ${link}`];
    },
  );

test('every link in the documents leads somewhere', () => {
  const files = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md'], { cwd: root }).map((name) =>
    path.join(root, name),
  );
  expect(files.length).toBeGreaterThan(40);
  expect(files.flatMap((file) => brokenLinks(file, readFileSync(file, 'utf8')))).toEqual([]);
  const readme = path.join(root, 'README.md');
  expect(brokenLinks(readme, '[a](docs/no.md) [b](#nowhere) [c](docs/ends.md#guards)')).toHaveLength(2);
});
