import { parseExpression, SourceError } from '../../sandbox/parse.ts';
import { quote } from '../nearest.ts';
import type { Outline, OutlineGroup, OutlineStep } from '../outline.ts';
import type { Path } from '../path.ts';
import type { Report } from '../report.ts';
import type { Choices } from './branch-choices.ts';

/** Joins that can never be met. `choices`: under which choices of the switches each step can run. */
export const checkJoins = ({ steps, groups }: Outline, choices: ReadonlyMap<string, Choices>, report: Report): void => {
  for (const group of groups.values()) {
    const wanted = wantedOf(group.fields.join);
    if (wanted === null || group.members.length === 0) continue;
    const map = group.members.find(({ kind }) => kind === 'map');
    const path = [...group.path, 'join'];
    if (map) checkItems(map, wanted, path, report);
    else checkMembers(group, wanted, choices, report);
  }
  for (const step of steps) {
    const wanted = wantedOf(step.fields.join);
    if (step.kind === 'map' && !step.batch && wanted !== null) checkItems(step, wanted, [...step.path, 'join'], report);
  }
};

/** How many have to complete; null where each number will do. */
const wantedOf = (join: unknown): number | null => (typeof join === 'number' ? join : join === 'any' ? 1 : null);

const checkMembers = (
  { name, path, members }: OutlineGroup,
  wanted: number,
  choices: ReadonlyMap<string, Choices>,
  report: Report,
): void => {
  const at = [...path, 'join'];
  const told = `the join of ${wanted} can never be met`;
  if (wanted > members.length) report.at(at, `${told}: the batch group has ${count(members.length, 'member')}`);
  else {
    const narrow = narrowest(members, choices);
    if (narrow && narrow.most < wanted)
      report.at(
        at,
        `${told}: only one branch of ${narrow.name} is taken, so at most ${narrow.most} of the ${members.length} members of ${quote(name)} run`,
      );
  }
};

/** The switch whose branches let the fewest members run together. */
const narrowest = (
  members: readonly OutlineStep[],
  choices: ReadonlyMap<string, Choices>,
): { name: string; most: number } | null => {
  const ofMembers = members.map(({ id }) => choices.get(id));
  const names = new Set(ofMembers.flatMap((member) => [...(member?.keys() ?? [])]));
  const bounds = [...names].map((name) => {
    const branches = new Set(ofMembers.flatMap((member) => [...(member?.get(name) ?? [])]));
    const together = [...branches].map(
      (branch) => ofMembers.filter((member) => member?.get(name)?.has(branch) ?? true).length,
    );
    return { name, most: Math.max(...together, 0) };
  });
  return bounds.toSorted((a, b) => a.most - b.most)[0] ?? null;
};

/** Only a list that is written down can be counted. */
const checkItems = ({ fields }: OutlineStep, wanted: number, path: Path, report: Report): void => {
  const listed = typeof fields.items === 'string' ? lengthOf(fields.items) : null;
  if (listed !== null && listed < wanted)
    report.at(path, `the join of ${wanted} can never be met: the map has ${count(listed, 'item')}`);
};

const lengthOf = (source: string): number | null => {
  try {
    const { tree } = parseExpression(source);
    if (tree.type !== 'ArrayExpression' || tree.elements.some((element) => element?.type === 'SpreadElement'))
      return null;
    return tree.elements.length;
  } catch (error) {
    if (error instanceof SourceError) return null;
    throw error;
  }
};

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
