import { hint, quote } from '../nearest.ts';
import type { Outline } from '../outline.ts';
import type { Report } from '../report.ts';

export const checkGroups = ({ steps, groups }: Outline, report: Report): void => {
  for (const { batch } of steps) {
    if (batch && !groups.has(batch.name))
      report.at(batch.path, `unknown batch group ${quote(batch.name)}${hint(batch.name, groups.keys())}`);
  }
  for (const { name, path, members } of groups.values()) {
    if (members.length === 0)
      report.atKey(path, `batch group ${quote(name)} has no members: no step says batch: ${name}`);
    const map = members.find(({ kind }) => kind === 'map');
    if (map && members.length > 1) {
      const others = members.filter((member) => member !== map).map(({ id }) => id);
      const told = `batch group ${quote(name)} holds the map ${quote(map.id)} and ${others.join(', ')}`;
      report.at([...map.path, 'batch'], `${told}: expected either steps or one map`);
    }
  }
};
