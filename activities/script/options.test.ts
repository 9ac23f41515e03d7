import { expect, test } from 'vitest';
import { AgentOptions } from '../../contracts/script.ts';
import { ownOptions } from './other-formats.ts';
import { readOptions } from './refusal.ts';

test('an option that is null, false or empty is not given; reuse may be false', () => {
  const empty = { model: null, schema: false, agentType: '', isolation: null, timeout: undefined, reuse: false };
  expect(readOptions('agent()', AgentOptions, empty)).toEqual({ reuse: false });
  expect(() => readOptions('agent()', AgentOptions, { isolation: 'box' })).toThrow('isolation:');
});

test('tools of Claude Code are taken by their names here, as far as they are there; others stay as they are', () => {
  const known = ['read_file', 'search_files', 'todo', 'docs__find'];
  const toolsOf = (tools: string[]) => ownOptions({ tools }, known).tools;
  expect(toolsOf(['Read', 'Grep', 'read_file'])).toEqual(['read_file', 'search_files']);
  expect(toolsOf(['WebSearch', 'TodoWrite', 'mcp__docs'])).toEqual(['todo', 'docs__*']);
  expect(toolsOf(['Reed'])).toEqual(['Reed']);
});
