import type { ApiClient } from '../../../client/api.ts';
import type { RunDetail } from '../../../contracts/run-detail.ts';

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
