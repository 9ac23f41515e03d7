import type { ApiClient } from '../../client/api.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { RunDetail } from '../../contracts/run-detail.ts';

/** The name of the file that `report` of a flow gives. */
const reportName = 'report.md';

/** Null when the run has none. */
export const readReport = async (api: ApiClient, id: string): Promise<string | null> => {
  try {
    return await (await api.readArtifact(id, reportName)).text();
  } catch (error) {
    if (error instanceof EverturnError && error.code === 'artifact_not_found') return null;
    throw error;
  }
};

/** What a script returned, or the output of a flow, however long; null without any, or while it has not completed. */
export const readResult = async (api: ApiClient, { run, output }: RunDetail): Promise<unknown> => {
  if (output !== undefined) return output;
  const hasOutput = run.status === 'completed' || run.code === 'no_agent_ran';
  return hasOutput ? (await api.getRunOutput(run.id)).output : null;
};

/** Text as it is, such as Markdown; null when there is nothing to print. */
export const resultText = (output: unknown): string | null => {
  if (output === null || output === undefined) return null;
  return typeof output === 'string' ? output : JSON.stringify(output, null, 2);
};
