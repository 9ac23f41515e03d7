import { expect, test } from 'vitest';
import { toolNames } from '../../contracts/tool-names.ts';
import { createBackgroundTools } from './background/create-background-tools.ts';
import { createLoadSkill } from './kept/load-skill.ts';
import { createMemoryTools } from './kept/memory.ts';
import { todo } from './kept/todo.ts';
import { createMcpResource } from './mcp/resource-tool.ts';
import { createPeopleTools } from './people/create-people-tools.ts';
import { builtInTools } from './registry.ts';
import { createScriptTools } from './scripts/create-script-tools.ts';
import { createSubagentTools } from './subagents/create-subagent-tools.ts';
import { createWebSearch } from './web/web-search.ts';

test('the names that files may use are those of the tools that there are', () => {
  const nothing = {} as never;
  const tools = [
    ...builtInTools,
    ...createSubagentTools(nothing),
    ...createScriptTools(nothing),
    ...createPeopleTools(nothing),
    ...createBackgroundTools(nothing),
    ...createMemoryTools(nothing),
    createLoadSkill([]),
    createMcpResource([]),
    createWebSearch({ provider: 'searxng' }, undefined),
    todo,
  ];
  expect(tools.map(({ name }) => name).toSorted()).toEqual([...toolNames].toSorted());
});
