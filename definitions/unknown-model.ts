import type { Fault } from '../contracts/flow.ts';
import { type ModelChoice, standInFor } from '../contracts/models.ts';
import type { AgentFile } from './agent-file.ts';

/** That an agent names no model that is configured: another one is used, or with `strictModels` none. */
export const unknownModel = (
  file: string,
  { definition, modelsAt }: AgentFile,
  choice: ModelChoice | undefined,
): { faults: Fault[]; warnings: Fault[] } => {
  const message = choice && definition ? standInFor(definition.models, choice) : null;
  if (message === null) return { faults: [], warnings: [] };
  const fault = { file, ...modelsAt, path: '', message };
  return choice?.strict ? { faults: [fault], warnings: [] } : { faults: [], warnings: [fault] };
};
