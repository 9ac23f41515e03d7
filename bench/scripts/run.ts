import { type BenchOptions, type Part, runParts } from '../parts.ts';
import { type Field, openField } from './field.ts';
import { measureAgents } from './measures/agents.ts';
import { measureMemory } from './measures/memory.ts';
import { measureTasks } from './measures/tasks.ts';
import { measureThousand } from './measures/thousand.ts';

const parts: Record<string, Part<Field>> = {
  memory: measureMemory,
  agents: measureAgents,
  tasks: measureTasks,
  thousand: measureThousand,
};

export const runScriptsBench = (options: BenchOptions) => runParts('scripts', parts, openField, options);
