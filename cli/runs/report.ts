import type { ApiClient } from '../../client/api.ts';
import { EverturnError } from '../../contracts/errors.ts';

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
