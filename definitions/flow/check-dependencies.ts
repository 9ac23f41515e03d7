import { hint, quote } from '../nearest.ts';
import type { Outline } from '../outline.ts';
import type { Report } from '../report.ts';

export const checkIds = ({ steps, byId, groups }: Outline, report: Report): void => {
  for (const step of steps) {
    const path = [...step.path, 'id'];
    const first = byId.get(step.id);
    if (first && first !== step) report.at(path, `duplicate id ${quote(step.id)}: an earlier step has it already`);
    if (groups.has(step.id))
      report.at(path, `duplicate id ${quote(step.id)}: a batch group has this name, and needs could mean either`);
  }
};

export const checkNeeds = ({ steps, byId, groups }: Outline, report: Report): void => {
  for (const { id, needs } of steps) {
    for (const { name, path } of needs) {
      if (name === id) report.at(path, `step ${quote(id)} needs itself`);
      else if (!byId.has(name) && !groups.has(name)) {
        const near = hint(
          name,
          [...byId.keys(), ...groups.keys()].filter((known) => known !== id),
        );
        report.at(path, `unknown dependency ${quote(name)}: no step or batch group has this name${near}`);
      }
    }
  }
};

export const checkBranches = ({ steps, byId, groups }: Outline, report: Report): void => {
  for (const { id, branches } of steps) {
    for (const { name, path } of branches.flatMap((branch) => branch.steps)) {
      if (name === id) report.at(path, `switch ${quote(id)} lists itself as a step of its branch`);
      else if (groups.has(name) && !byId.has(name))
        report.at(path, `${quote(name)} is a batch group: list its steps instead`);
      else if (!byId.has(name)) {
        const near = hint(
          name,
          [...byId.keys()].filter((known) => known !== id),
        );
        report.at(path, `unknown step ${quote(name)} in a branch${near}`);
      }
    }
  }
};
