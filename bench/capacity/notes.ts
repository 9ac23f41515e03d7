/** Printed under the figures: without them the comparison would mislead. */
export const notes: string[] = [
  'Ours streams: each session has a reader, which must get every token, or the bench fails. The peers and the bare shapes stream to NOBODY: their clients get one answer when the turn is over.',
  'The bench reads those streams and runs the model on the same cores; that CPU time is charged to nobody and shown as (bench) and (model).',
  'Every contestant but Restate uses one durable Postgres; plain, LangGraph and ours have a database each, the bare shapes one together. Restate keeps its own store, with fsync; its server’s CPU time is in the column "server".',
];
