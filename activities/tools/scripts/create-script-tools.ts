import type { Tool } from '../tool.ts';
import type { ScriptToolDependencies } from './dependencies.ts';
import { createRunScript } from './run-script.ts';
import { createScriptStatus } from './script-status.ts';

export const createScriptTools = (dependencies: ScriptToolDependencies): Tool[] => [
  createRunScript(dependencies),
  createScriptStatus(dependencies),
];
