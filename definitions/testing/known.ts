import type { KnownToScript } from '../script/check-references.ts';

/** Agents of these names whose files have no faults. */
export const agentsNamed = (...names: string[]): KnownToScript['agents'] =>
  new Map(names.map((name) => [name, { name, faults: [], warnings: [] }]));
