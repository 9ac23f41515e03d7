import { expect, test } from 'vitest';
import { toolNames } from '../../contracts/tool-names.ts';
import { builtInTools } from './registry.ts';
import { createScriptTools } from './scripts/create-script-tools.ts';
import { createSubagentTools } from './subagents/create-subagent-tools.ts';

test('the names that files may use are those of the tools that there are', () => {
  const nothing = {} as never;
  const tools = [...builtInTools, ...createSubagentTools(nothing), ...createScriptTools(nothing)];
  expect(tools.map(({ name }) => name).toSorted()).toEqual([...toolNames].toSorted());
});
