import type { Outline } from '../outline.ts';
import type { Report } from '../report.ts';
import type { Order } from './cycles.ts';

export const checkCycles = (cycles: Order['cycles'], { groups, byId }: Outline, report: Report): void => {
  for (const cycle of cycles) {
    const members = cycle.map(({ from }) => from);
    const [first] = cycle;
    if (!first) continue;
    const byBranch = cycle.some(({ from, edge }) => byId.get(from)?.listedBy.some(({ path }) => path === edge.path));
    const notes = [
      'each needs the next',
      ...(byBranch ? ['a step of a branch needs its switch'] : []),
      ...(members.some((name) => groups.has(name)) ? ['a batch group needs its members'] : []),
    ];
    report.at(first.edge.path, `cycle: ${[...members, first.from].join(' -> ')} (${notes.join('; ')})`);
  }
};
