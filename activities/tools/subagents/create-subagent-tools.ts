import type { Tool } from '../tool.ts';
import type { SubagentToolDependencies } from './dependencies.ts';
import { createSpawnSubagent } from './spawn-subagent.ts';
import { createSubagentCancel } from './subagent-cancel.ts';
import { createSubagentResult } from './subagent-result.ts';
import { createSubagentSend } from './subagent-send.ts';
import { createSubagentStatus } from './subagent-status.ts';

/** By which an agent works with others in the background. */
export const createSubagentTools = (dependencies: SubagentToolDependencies): readonly Tool[] => [
  createSpawnSubagent(dependencies),
  createSubagentCancel(dependencies),
  createSubagentResult(dependencies),
  createSubagentSend(dependencies),
  createSubagentStatus(dependencies),
];
