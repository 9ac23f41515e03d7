import { compileSchema } from './json-schemas.ts';
import type { Outline } from './outline.ts';
import { isRecord, type Path } from './path.ts';
import type { Report } from './report.ts';

export const checkSchemas = ({ fields, steps }: Outline, report: Report): void => {
  checkSchema(fields.outputSchema, ['outputSchema'], report);
  for (const step of steps) checkSchema(step.fields.schema, [...step.path, 'schema'], report);
  const inputs = checkSchema(fields.inputs, ['inputs'], report);
  if (!inputs || !isRecord(fields.schedule)) return;
  if (inputs(fields.schedule.input ?? {})) return;
  for (const { instancePath, message } of inputs.errors ?? []) {
    const path = ['schedule', 'input', ...instancePath.split('/').slice(1)];
    report.at(path, `does not fit the inputs of this flow: ${message}`);
  }
};

const checkSchema = (schema: unknown, path: Path, report: Report) => {
  if (!isRecord(schema)) return null;
  const compiled = compileSchema(schema);
  if (typeof compiled === 'function') return compiled;
  report.at([...path, ...compiled.path], `not a JSON Schema: ${compiled.message}`);
  return null;
};
