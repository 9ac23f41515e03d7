import type { Outline } from '../outline.ts';
import type { Path } from '../path.ts';

/** From what waits to what it waits for, and where the file says so. */
export type Edge = { to: string; path: Path };

/** Of all steps and batch groups. A step of a branch waits for its switch, a group for its members. */
export const edgesOf = ({ steps, byId, groups }: Outline): Map<string, Edge[]> => {
  const edges = new Map<string, Edge[]>();
  const has = (name: string): boolean => byId.has(name) || groups.has(name);
  for (const step of steps) {
    if (byId.get(step.id) !== step) continue;
    const needs = step.needs.filter(({ name }) => has(name)).map(({ name, path }) => ({ to: name, path }));
    const switches = step.listedBy.map((listed) => ({ to: listed.step.id, path: listed.path }));
    // Separate checks report a step that needs or lists itself.
    edges.set(
      step.id,
      [...needs, ...switches].filter(({ to }) => to !== step.id),
    );
  }
  for (const { name, members } of groups.values()) {
    edges.set(
      name,
      members.flatMap(({ id, batch, path }) => (id === name ? [] : [{ to: id, path: batch?.path ?? path }])),
    );
  }
  return edges;
};
