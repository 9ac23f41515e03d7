import { modelChoice } from '../contracts/config/models.ts';
import { EverturnError } from '../contracts/errors.ts';
import type { ModelChoice } from '../contracts/models.ts';
import { loadTrustedConfig } from '../trust/config.ts';

/** Undefined where everturn.yaml cannot be read: that is said where it is used. */
export const modelsIn = (project: string): (() => ModelChoice) | undefined => {
  try {
    const choice = modelChoice(loadTrustedConfig(project).config);
    return () => choice;
  } catch (error) {
    if (error instanceof EverturnError) return undefined;
    throw error;
  }
};
