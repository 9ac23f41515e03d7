import { quote } from '../nearest.ts';
import type { Outline } from '../outline.ts';
import { isRecord } from '../path.ts';
import type { Report } from '../report.ts';

/** Labels distinguish the cases of a switch. */
export const checkLabels = ({ steps }: Outline, report: Report): void => {
  for (const { kind, path, fields } of steps) {
    if (kind !== 'switch' || !Array.isArray(fields.cases)) continue;
    const labels = new Set<unknown>(fields.default === undefined ? [] : ['default']);
    for (const [index, item] of fields.cases.entries()) {
      if (!isRecord(item) || typeof item.label !== 'string') continue;
      const { label } = item;
      if (labels.has(label)) {
        const what = label === 'default' ? 'the default branch is called so' : 'another case has it';
        report.at([...path, 'cases', index, 'label'], `duplicate label ${quote(label)}: ${what}`);
      }
      labels.add(label);
    }
  }
};
