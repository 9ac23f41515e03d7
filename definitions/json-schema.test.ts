import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { stepKindNames } from '../contracts/flow.ts';
import { flowJsonSchema } from './json-schema.ts';

const validate = new Ajv2020({ strict: false }).compile(flowJsonSchema());

test('takes what the check takes, defaults left out', () => {
  expect(validate({ name: 'a', steps: [{ id: 'a', kind: 'code', code: 'return 1' }] })).toBe(true);
});

test.each([
  ['an unknown field', { name: 'a', setps: [], steps: [{ id: 'a', kind: 'code', code: 'return 1' }] }],
  ['an unknown kind', { name: 'a', steps: [{ id: 'a', kind: 'cod', code: 'return 1' }] }],
  ['a field of another kind', { name: 'a', steps: [{ id: 'a', kind: 'code', code: 'return 1', prompt: 'x' }] }],
])('refuses %s', (_name, flow) => {
  expect(validate(flow)).toBe(false);
});

test('knows every kind', () => {
  const text = JSON.stringify(flowJsonSchema());
  for (const kind of stepKindNames) expect(text).toContain(`"const":"${kind}"`);
});
