/** What workflows know of scripts apart from types: in a file without zod, which is not evaluated for each of them. */

/** Lines that `code` of a compiled script has before the first of the file. */
export const linesBefore = 1;

/** A run with more agents is called large in its approval and in the check of its file. */
export const largeRun = 25;

/** Limits of every script, whatever is configured. */
export const scriptLimits = {
  /** Of `parallel()` and `pipeline()`. */
  items: 4096,
  /** Agents that one run may start. */
  agents: 1000,
  /** Calls of every kind, agents too, that one run may make. */
  calls: 10_000,
  /** Of all calls that wait together, as JSON. */
  waitingCharacters: 32_000_000,
  /** What a run may narrate. */
  lines: 10_000,
  lineCharacters: 4_000_000,
  /** JSON of the arguments, of a prompt with its options, and of the result. */
  jsonBytes: 1_500_000,
  argsBytes: 1_500_000,
  /** Of the engine's memory. */
  memoryBytes: 64 * 1024 * 1024,
} as const;
