/** Printed under the figures: without them the comparison would mislead. */
export const notes: string[] = [
  'Ours streams: each session has a reader, and each reader got every token. The peers and the bare shapes stream to NOBODY: their client gets one answer when the turn is over.',
  'The bench reads those streams on the same cores as all else; that CPU time is charged to nobody, and shown as (bench). So is the model’s.',
  'Plain, the bare shapes, LangGraph and ours each have a database of their own on one durable Postgres. Restate keeps its own store, with fsync, in the same folder; its server stands in the column "server".',
];
