import { readSchema } from '../../sandbox/json-schema.ts';
import type { Outline } from '../outline.ts';
import { isRecord, type Path } from '../path.ts';
import type { Report } from '../report.ts';

export const checkSchemas = ({ fields, steps }: Outline, report: Report): void => {
  checkSchema(fields.outputSchema, ['outputSchema'], report);
  for (const step of steps) checkSchema(step.fields.schema, [...step.path, 'schema'], report);
  const check = checkSchema(fields.inputs, ['inputs'], report);
  if (!check || !isRecord(fields.schedule)) return;
  for (const { instancePath, message } of check(fields.schedule.input ?? {})) {
    const path = ['schedule', 'input', ...instancePath.split('/').slice(1)];
    report.at(path, `does not fit the inputs of this flow: ${message}`);
  }
};

const checkSchema = (schema: unknown, path: Path, report: Report) => {
  if (!isRecord(schema)) return null;
  const read = readSchema(schema);
  if ('check' in read) return read.check;
  report.at([...path, ...read.fault.path], `not a JSON Schema: ${read.fault.message}`);
  return null;
};
