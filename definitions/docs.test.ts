import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Flow, Step } from '../contracts/flow.ts';
import { parseFlow } from './flow-file.ts';

const text = readFileSync(path.join(import.meta.dirname, '..', 'docs', 'flows.md'), 'utf8');

test('the example of the document has no faults', () => {
  const example = /^```yaml\n(.*?)^```$/ms.exec(text)?.[1] ?? '';
  const known = { agents: ['default'], flows: [], scripts: [], callsOf: () => [] };
  expect(parseFlow(example, 'docs/flows.md').faultsWith(known, 'weekly-digest', null)).toEqual([]);
});

test('the document names every field', () => {
  const fields = [...Object.keys(Flow.shape), ...Step.options.flatMap(({ shape }) => Object.keys(shape))];
  const missing = new Set(fields.filter((field) => !new RegExp(`\`${field}[\`.]`).test(text)));
  expect([...missing]).toEqual([]);
});
