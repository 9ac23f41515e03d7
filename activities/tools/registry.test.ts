import { expect, test } from 'vitest';
import {
  argumentsHash,
  builtInTools,
  findTool,
  normaliseArguments,
  offeredTools,
  parseArguments,
  toolDefinitions,
} from './registry.ts';

const fault = (name: string, raw: string): string => {
  try {
    parseArguments(findTool(name), raw);
  } catch (error) {
    return error instanceof Error ? `${'code' in error && error.code}: ${error.message}` : '';
  }
  return '';
};

test('holds the tools by name, with what each may do', () => {
  expect(builtInTools.map(({ name, effect, permission }) => `${name} ${effect} ${permission}`)).toEqual([
    'apply_patch idempotent write',
    'apply_pending idempotent write',
    'delete_file idempotent write',
    'edit_file idempotent write',
    'git_diff pure read',
    'list_files pure read',
    'read_file pure read',
    'run_command once run',
    'search_files pure read',
    'web_fetch pure read',
    'write_file idempotent write',
  ]);
});

test('web_fetch can be left out', () => {
  const [all, some] = [true, false].map((web) => offeredTools({ web }).map(({ name }) => name));
  expect(all?.filter((name) => !some?.includes(name))).toEqual(['web_fetch']);
});

test('definitions have the same bytes in every order', () => {
  const bytes = JSON.stringify(toolDefinitions(builtInTools));
  expect(JSON.stringify(toolDefinitions(builtInTools.toReversed()))).toBe(bytes);
  expect(toolDefinitions([findTool('write_file')])).toEqual([
    {
      type: 'function',
      function: {
        name: 'write_file',
        description: expect.any(String),
        parameters: {
          type: 'object',
          properties: {
            path: { type: 'string', minLength: 1, description: expect.any(String) },
            content: { type: 'string', description: expect.any(String) },
          },
          required: ['path', 'content'],
          additionalProperties: false,
        },
      },
    },
  ]);
  expect(toolDefinitions([findTool('read_file')])[0]?.function.parameters.required).toEqual(['path']);
});

test('an unknown tool is answered with the nearest', () => {
  expect(() => findTool('file_read')).toThrow(
    expect.objectContaining({
      code: 'tool_unknown',
      message: expect.stringContaining('"file_read": there is no such tool; nearest are'),
    }),
  );
  expect(() => findTool('readFile')).toThrow(/nearest are read_file/);
  expect(() => findTool('x'.repeat(1_000_000))).toThrow(/^.{1,300}$/);
  expect(() => findTool('a', [])).toThrow('there are no tools');
});

test('arguments that do not fit are named', () => {
  expect(fault('read_file', '{"path":1}')).toBe(
    'tool_arguments: Cannot call read_file: path: Invalid input: expected string, received number',
  );
  expect(fault('read_file', '{"path":"a","ofset":3}')).toBe(
    'tool_arguments: Cannot call read_file: ofset: no such argument, there are path, offset, limit',
  );
  expect(fault('run_command', '{"argv":["a",2]}')).toContain('argv.1: Invalid input: expected string');
  expect(fault('run_command', '{"argv":"ls -l"}')).toContain('argv: Invalid input: expected array, received string');
  expect(fault('read_file', '')).toContain('path: Invalid input: expected string, received undefined');
  expect(fault('read_file', '[]')).toContain('the arguments: Invalid input: expected object');
  expect(fault('read_file', '{"path": "a"')).toMatch(
    /^tool_arguments: Cannot call read_file: its arguments "{.*" are not valid JSON \(.*\); send one JSON object$/,
  );
});

test('gives the defaults', () => {
  expect(parseArguments(findTool('list_files'), '')).toEqual({ path: '.', recursive: false, include_ignored: false });
});

test('canonical JSON sorts keys at every depth', () => {
  expect(normaliseArguments(' {"b": [{"z":1,"a":null}], "a": "x" , "__proto__": 1} ')).toBe(
    '{"__proto__":1,"a":"x","b":[{"a":null,"z":1}]}',
  );
  expect(() => normaliseArguments('{')).toThrow(SyntaxError);
});

test('the hash is bound to the tool and the meaning of its arguments', () => {
  const hash = argumentsHash('t', '{"a":1,"b":2}');
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(argumentsHash('t', '{ "b":2, "a":1 }')).toBe(hash);
  expect(argumentsHash('u', '{"a":1,"b":2}')).not.toBe(hash);
  expect(argumentsHash('t', '{"a":1,"b":3}')).not.toBe(hash);
  expect(argumentsHash('t', '{"a"')).not.toBe(argumentsHash('t', '{"a" '));
  expect(argumentsHash('t', '['.repeat(100_000))).toMatch(/^[0-9a-f]{64}$/);
});
