/**
 * Under which choices of the switches something can run: of each switch named here, one of these branches must be
 * taken. A switch that is not named does not matter. Alternatives are widened to what fits them all, so that what
 * is called impossible is.
 */
export type Choices = ReadonlyMap<string, ReadonlySet<number>>;

export const anyChoice: Choices = new Map();

const intersection = (a: ReadonlySet<number>, b: ReadonlySet<number>): ReadonlySet<number> =>
  new Set([...a].filter((branch) => b.has(branch)));

export const both = (a: Choices, b: Choices): Choices => {
  if (a.size === 0) return b;
  const merged = new Map(a);
  for (const [name, branches] of b) merged.set(name, intersection(merged.get(name) ?? branches, branches));
  return merged;
};

export const either = (alternatives: readonly Choices[]): Choices => {
  const [first, ...rest] = alternatives;
  if (!first) return anyChoice;
  const merged = new Map<string, ReadonlySet<number>>();
  for (const [name, branches] of first) {
    const all = rest.map((choices) => choices.get(name)).filter((other) => other !== undefined);
    if (all.length === rest.length) merged.set(name, new Set([branches, ...all].flatMap((some) => [...some])));
  }
  return merged;
};

/** The switch of which no branch is left. */
export const contradiction = (choices: Choices): string | null =>
  [...choices].find(([, branches]) => branches.size === 0)?.[0] ?? null;
