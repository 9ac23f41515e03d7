import { quote } from '../nearest.ts';
import type { Outline } from '../outline.ts';
import { isRecord } from '../path.ts';
import type { Report } from '../report.ts';

export const checkForms = ({ steps }: Outline, report: Report): void => {
  for (const { kind, path, fields } of steps) {
    if (kind !== 'approval' || !Array.isArray(fields.form)) continue;
    const names = new Set<unknown>();
    for (const [index, field] of fields.form.entries()) {
      if (!isRecord(field)) continue;
      const at = [...path, 'form', index];
      if (typeof field.name === 'string' && names.has(field.name))
        report.at([...at, 'name'], `duplicate form field ${quote(field.name)}`);
      names.add(field.name);
      const choices = field.choices;
      if (field.type === 'choice' && choices === undefined)
        report.at([...at, 'choices'], 'missing: a field of type choice needs choices');
      if (field.type !== 'choice' && choices !== undefined)
        report.atKey(
          [...at, 'choices'],
          `"choices" belongs to a field of type choice: this one is ${field.type ?? 'text'}`,
        );
    }
  }
};
