/** Options that may be false. */
const flags = new Set(['reuse']);

/** Whether an option is given: scripts also write null, false or an empty text where they have nothing to say. */
export const isGiven = (option: string, value: unknown): boolean =>
  value !== undefined && value !== null && value !== '' && (value !== false || flags.has(option));
