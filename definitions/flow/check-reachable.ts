import type { Named, Outline, OutlineStep } from '../outline.ts';
import type { Report } from '../report.ts';
import { anyChoice, both, type Choices, contradiction, either } from './branch-choices.ts';

/**
 * Steps that no choice of the switches lets run. `order`: what is waited for first, without cycles. Returns under which
 * choices each step and group can run.
 */
export const checkReachable = (
  order: readonly string[],
  outline: Outline,
  report: Report,
): ReadonlyMap<string, Choices> => {
  const choices = new Map<string, Choices>();
  for (const name of order) {
    const step = outline.byId.get(name);
    const found = step ? ofStep(step, choices, outline, report) : ofGroup(name, choices, outline);
    // A step that cannot run is reported once, at its root, without its consequences.
    choices.set(name, contradiction(found) === null ? found : anyChoice);
  }
  return choices;
};

/** How a group ends is up to its join: it can as soon as one member can run. */
const ofGroup = (name: string, choices: ReadonlyMap<string, Choices>, { groups }: Outline): Choices =>
  either((groups.get(name)?.members ?? []).map(({ id }) => choices.get(id) ?? anyChoice));

const ofStep = (
  step: OutlineStep,
  choices: ReadonlyMap<string, Choices>,
  outline: Outline,
  report: Report,
): Choices => {
  const own = ownChoices(step, choices);
  const needs = step.needs.map((need) => ({ need, choices: choices.get(need.name) ?? anyChoice }));
  if (step.trigger === 'one_success') {
    const found = both(own, either(needs.map((one) => one.choices)));
    const name = contradiction(found);
    if (name !== null) report.at([...step.path, 'needs'], tellOwn(step, own, needs, name, outline));
    return found;
  }
  if (step.trigger !== 'all_success') return own;
  let found = own;
  for (const [index, { need, choices: more }] of needs.entries()) {
    found = both(found, more);
    const name = contradiction(found);
    if (name === null) continue;
    const met = needs.slice(0, index + 1);
    const ofNeeds = met.reduce((all, one) => both(all, one.choices), anyChoice);
    const told =
      ofNeeds.get(name)?.size === 0 ? tellNeeds(step, met, name, outline) : tellOwn(step, own, met, name, outline);
    report.at(need.path, told);
    return found;
  }
  return found;
};

/** Those of being listed: by any of the branches, each of which needs its switch to run. */
const ownChoices = ({ listedBy }: OutlineStep, choices: ReadonlyMap<string, Choices>): Choices =>
  either(
    listedBy.map(({ step, branch }) =>
      both(choices.get(step.id) ?? anyChoice, new Map([[step.id, new Set([branch])]])),
    ),
  );

type Need = { need: Named; choices: Choices };

const tellNeeds = (step: OutlineStep, needs: readonly Need[], name: string, outline: Outline): string => {
  const bound = needs.filter(({ choices }) => choices.has(name)).map((need) => inBranch(need, name, outline));
  return `step ${step.id} can never run: it needs ${listed(bound)}, and only one branch of ${name} is taken; use trigger one_success, none_failed or all_done`;
};

const tellOwn = (step: OutlineStep, own: Choices, needs: readonly Need[], name: string, outline: Outline): string => {
  const bound = needs.filter(({ choices }) => choices.has(name)).map((need) => inBranch(need, name, outline));
  const where = branchWords(own, name, outline);
  return `unreachable: step ${step.id} runs only in ${where} and needs ${listed(bound)}, and only one branch of ${name} is taken`;
};

const inBranch = ({ need, choices }: Need, name: string, outline: Outline): string =>
  `${need.name} (${branchWords(choices, name, outline)})`;

const branchWords = (choices: Choices, name: string, { byId }: Outline): string => {
  const branches = [...(choices.get(name) ?? [])].toSorted((a, b) => a - b);
  const labels = branches.map((index) => byId.get(name)?.branches[index]?.label ?? '');
  return `${labels.join(' or ')} of ${name}`;
};

const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
