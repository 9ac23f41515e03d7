import type { DeclaredStep } from '../../../contracts/runs.ts';

/** Steps that run again when a run goes again from one of them: it, and all that depends on it. */
export const againFrom = (steps: readonly DeclaredStep[], from: string): string[] => {
  const again = new Set([from]);
  const batchOf = (id: string): string | null => steps.find((step) => step.id === id)?.batch ?? null;
  const branches = (id: string): string[] => {
    const step = steps.find((other) => other.id === id);
    return step ? [...step.cases.flatMap(({ steps: members }) => members), ...step.default] : [];
  };
  for (let grown = true; grown; ) {
    const before = again.size;
    const sources = new Set([...again].flatMap((id) => [id, batchOf(id) ?? id]));
    for (const { id, needs } of steps) if (needs.some((need) => sources.has(need))) again.add(id);
    for (const id of [...again]) for (const member of branches(id)) again.add(member);
    grown = again.size > before;
  }
  return steps.map(({ id }) => id).filter((id) => again.has(id));
};
