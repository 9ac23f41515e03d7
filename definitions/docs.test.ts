import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Flow, Step } from '../contracts/flow.ts';
import { AgentOptions, ScriptMeta } from '../contracts/script.ts';
import { toolWords } from '../contracts/tool-names.ts';
import { readYaml } from '../contracts/yaml.ts';
import { parseFlow } from './flow/file.ts';
import { hostNames } from './script/host.ts';
import { parseScript } from './script-file.ts';
import { agentsNamed } from './testing/known.ts';

const read = (name: string): string => readFileSync(path.join(import.meta.dirname, '..', 'docs', name), 'utf8');
const text = read('flows.md');

test('the example of the document has no faults', () => {
  const example = /^```yaml\n(.*?)^```$/ms.exec(text)?.[1] ?? '';
  const known = { agents: ['default'], flows: [], scripts: [], models: null, modelsOf: () => [], callsOf: () => [] };
  expect(parseFlow(example, 'docs/flows.md').faultsWith(known, 'weekly-digest', null)).toEqual([]);
});

test('the example of each kind of step fits the contract', () => {
  const examples = [...text.matchAll(/^```yaml\n(- id:.*?)^```$/gms)].map(([, yaml = '']) => readYaml(yaml).value);
  const steps = examples.map((example) => z.array(Step).parse(example)[0]?.kind);
  expect(steps.toSorted()).toEqual(Step.options.map(({ shape }) => shape.kind.value).toSorted());
});

test('the document names every tool, each with its line', () => {
  const rows = [...text.matchAll(/^\| `(\w+)` \| (?:read|write|run) \| (.*) \|$/gm)].map(([, name, words]) => [
    name,
    words,
  ]);
  expect(Object.fromEntries(rows)).toEqual(toolWords);
});

test('the document names every field', () => {
  const fields = [...Object.keys(Flow.shape), ...Step.options.flatMap(({ shape }) => Object.keys(shape))];
  const missing = new Set(fields.filter((field) => !new RegExp(`\`${field}[\`.]`).test(text)));
  expect([...missing]).toEqual([]);
});

test('the scripts of the document have no faults and no warnings', () => {
  const examples = [...read('scripts.md').matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = '']) => code);
  expect(examples.length).toBeGreaterThan(1);
  const known = {
    agents: agentsNamed('default', 'Explore'),
    models: undefined,
    scripts: [],
    flows: [],
    nests: () => false,
  };
  for (const example of examples) {
    const found = parseScript(example, 'docs/example.js').findingsWith(known, null);
    expect(found).toEqual({ faults: [], warnings: [] });
  }
});

test('the document names all that a script finds, and every option and field', () => {
  const names = [...hostNames.filter((name) => name !== 'console'), ...Object.keys(AgentOptions.shape)];
  const missing = [...names, ...Object.keys(ScriptMeta.shape)].filter(
    (name) => !new RegExp(`\`${name}[\`(.]`).test(read('scripts.md')),
  );
  expect(missing).toEqual([]);
});
