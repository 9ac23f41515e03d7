import { modelChoice } from '../contracts/config/models.ts';
import { EverturnError } from '../contracts/errors.ts';
import type { ModelChoice } from '../contracts/models.ts';
import { type Definitions, openDefinitions } from '../definitions/definitions.ts';
import { loadTrustedConfig } from '../trust/config.ts';

/** Undefined where everturn.yaml cannot be read: that is said where it is used. */
const modelsIn = (project: string): (() => ModelChoice) | undefined => {
  try {
    const choice = modelChoice(loadTrustedConfig(project).config);
    return () => choice;
  } catch (error) {
    if (error instanceof EverturnError) return undefined;
    throw error;
  }
};

/** The flows, scripts and agents of a project, checked against its models. */
export const definitionsIn = (project: string): Definitions => openDefinitions({ project, models: modelsIn(project) });
