import { quote } from '../nearest.ts';
import type { Outline } from '../outline.ts';
import type { Report } from '../report.ts';

/** A map in a batch group has the limits of the group. */
export const checkMapLimits = ({ steps }: Outline, report: Report): void => {
  for (const { kind, path, fields, batch } of steps) {
    if (kind !== 'map' || !batch) continue;
    for (const field of ['maxConcurrent', 'join', 'rest']) {
      if (field in fields)
        report.atKey(
          [...path, field],
          `${quote(field)} is that of batch group ${quote(batch.name)} here: remove it from the step`,
        );
    }
  }
};

const inner = ['prompt', 'code', 'flow'] as const;
const fits: Record<string, readonly string[]> = {
  agent: ['prompt'],
  model: ['prompt'],
  schema: ['prompt', 'code'],
  with: ['flow'],
};

export const checkMaps = ({ steps }: Outline, report: Report): void => {
  for (const { kind, path, fields } of steps) {
    if (kind !== 'map') continue;
    const given = inner.filter((field) => field in fields);
    const [first, ...more] = given;
    if (first === undefined) report.at(path, `missing: a map needs one of ${inner.join(', ')}`);
    for (const field of more)
      report.atKey(
        [...path, field],
        `${quote(field)} next to ${quote(first ?? '')}: a map takes exactly one of ${inner.join(', ')}`,
      );
    if (given.length !== 1) continue;
    for (const [field, inners] of Object.entries(fits)) {
      if (field in fields && !inners.some((one) => one === first))
        report.atKey(
          [...path, field],
          `${quote(field)} belongs to a map with ${inners.join(' or ')}: this one has ${first}`,
        );
    }
  }
};
