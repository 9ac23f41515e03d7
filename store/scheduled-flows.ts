import type { RunDefinition } from '../contracts/definition.ts';
import type { Origin } from '../contracts/flow.ts';
import type { Database } from './database.ts';
import { toJson } from './json.ts';

/** What a schedule of a project starts. */
export type ScheduledFlow = {
  origin: Origin;
  file: string;
  source: string;
  definition: RunDefinition;
  workspace: string;
};

export const scheduledFlowQueries = (database: Database) => ({
  async put(project: string, flow: string, kept: ScheduledFlow): Promise<void> {
    await database.query(
      `INSERT INTO scheduled_flows (project, flow, origin, file, source, definition, workspace)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (project, flow) DO UPDATE SET origin = excluded.origin, file = excluded.file, source = excluded.source,
         definition = excluded.definition, workspace = excluded.workspace`,
      [project, flow, kept.origin, kept.file, kept.source, toJson(kept.definition), kept.workspace],
    );
  },

  /** Those of the project that are not among these. */
  async keepOnly(project: string, flows: readonly string[]): Promise<void> {
    await database.query('DELETE FROM scheduled_flows WHERE project = $1 AND NOT flow = ANY ($2::text[])', [
      project,
      flows,
    ]);
  },

  async find(project: string, flow: string): Promise<ScheduledFlow | undefined> {
    const [row] = await database.query<ScheduledFlow>(
      'SELECT origin, file, source, definition, workspace FROM scheduled_flows WHERE project = $1 AND flow = $2',
      [project, flow],
    );
    return row;
  },
});
