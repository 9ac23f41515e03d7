import type { AnyNode, CallExpression, Property } from 'acorn';
import type { z } from 'zod';
import { isGiven } from '../../contracts/options-given.ts';
import { AgentOptions, ApproveOptions, Budget, GroupOptions } from '../../contracts/script.ts';
import { readSchema } from '../../sandbox/json-schema.ts';
import { jsWords, reportIssues } from '../issues.ts';
import { hint, quote } from '../nearest.ts';
import { isRecord } from '../path.ts';
import { schemaWarnings } from './check-schema.ts';
import type { Tell } from './findings.ts';
import { literalOf, nodeAt, plainKey } from './literal.ts';
import type { ScriptTree } from './tree.ts';

const contracts: Record<string, { shape: Record<string, z.ZodType>; first: string }> = {
  agent: { shape: AgentOptions.shape, first: 'prompt' },
  approve: { shape: ApproveOptions.shape, first: 'question' },
};

const groups = new Set(['phase', 'parallel', 'pipeline']);

/** The options of what the host offers, as far as they are written out. */
export const checkOptions = (tree: ScriptTree, tell: Tell): void => {
  for (const { name, node } of tree.calls) {
    if (groups.has(name)) {
      const last = name === 'pipeline' && node.arguments.length > 1 ? node.arguments.at(-1) : node.arguments[1];
      for (const property of fieldsOf(last, tree)) checkOption(name, GroupOptions.shape, property, tree, tell);
    }
    const contract = contracts[name];
    if (!contract) continue;
    checkFirst(name, contract.first, node, tell);
    for (const property of optionsOf(node, tree)) checkOption(name, contract.shape, property, tree, tell);
  }
};

/** The fields of the second argument that are written out in its place. */
export const optionsOf = ({ arguments: [, options] }: CallExpression, tree: ScriptTree): Property[] =>
  fieldsOf(options, tree);

const fieldsOf = (options: AnyNode | undefined, tree: ScriptTree): Property[] => {
  const node = options?.type === 'Identifier' ? tree.constantOf(options.name) : options;
  if (node?.type !== 'ObjectExpression') return [];
  return node.properties.filter((one) => one.type === 'Property');
};

/** What stands there as a pure literal, or a constant that is one. */
export const writtenValue = (node: AnyNode, tree: ScriptTree): { value: unknown; node: AnyNode } | null => {
  const found = node.type === 'Identifier' ? tree.constantOf(node.name) : node;
  const literal = found ? literalOf(found) : null;
  return found && literal && 'value' in literal ? { value: literal.value, node: found } : null;
};

const notText = new Set(['ObjectExpression', 'ArrayExpression', 'ArrowFunctionExpression', 'FunctionExpression']);

const checkFirst = (name: string, first: string, { start, arguments: given }: CallExpression, tell: Tell): void => {
  const [text, options] = given;
  if (!text) tell('error', start, `${name}() has no ${first}: write ${name}(${first}, { … })`);
  else if (notText.has(text.type) || (text.type === 'Literal' && typeof text.value !== 'string'))
    tell('error', text.start, `the ${first} of ${name}() is a text: write ${name}(${first}, { … })`);
  if (options && (options.type === 'Literal' || options.type === 'TemplateLiteral' || notText.has(options.type))) {
    if (options.type !== 'ObjectExpression')
      tell('error', options.start, `the options of ${name}() are an object: write ${name}(${first}, { label: … })`);
  }
};

/** Of options that are objects. */
const fieldsWithin: Record<string, string[]> = { budget: Object.keys(Budget.shape), reuse: ['ttl'] };

const checkOption = (
  call: string,
  shape: Record<string, z.ZodType>,
  property: Property,
  tree: ScriptTree,
  tell: Tell,
): void => {
  const key = plainKey(property);
  if (key === null) return;
  const schema = Object.hasOwn(shape, key) ? shape[key] : undefined;
  if (!schema)
    tell(
      'warning',
      property.start,
      `unknown option ${quote(key)} of ${call}() is ignored${hint(key, Object.keys(shape))}`,
    );
  const written = writtenValue(property.value, tree);
  if (!schema || !written || !isGiven(key, written.value)) return;
  const at = (path: readonly (string | number)[], message: string): void =>
    tell('error', nodeAt(written.node, path).start, `option ${key} of ${call}(): ${message}`);
  const parsed = schema.safeParse(written.value);
  if (parsed.error) {
    const report = {
      at,
      atKey: at,
      inText: (path: readonly (string | number)[], _: number, text: string) => at(path, text),
    };
    // A number is one of tokens.
    const value = key === 'budget' && typeof written.value === 'number' ? { tokens: written.value } : written.value;
    reportIssues(parsed.error.issues, value, { at: () => fieldsWithin[key] ?? [] }, report, jsWords);
  } else if (key === 'schema' && isRecord(written.value)) {
    const read = readSchema(written.value);
    if ('fault' in read) at(read.fault.path, `not a JSON Schema: ${read.fault.message}`);
    else
      for (const { path, message } of schemaWarnings(written.value))
        tell('warning', nodeAt(written.node, path).start, `option schema of ${call}(): ${message}`);
  }
};
