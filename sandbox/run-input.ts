import { EverturnError } from '../contracts/errors.ts';
import type { Flow } from '../contracts/flow.ts';
import { schemaFaults } from './json-schema.ts';
import { withDefaults } from './schema-defaults.ts';

/** The input with the defaults of its schema. Throws `input_invalid` with every fault. */
export const checkInput = ({ name, inputs }: Flow, input: unknown): unknown => {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new EverturnError('input_invalid', `Cannot start ${name}: its input is not an object`);
  }
  if (!inputs) return input;
  const filled = withDefaults(inputs, input);
  const faults = schemaFaults(inputs, filled, 'input');
  if (faults.length === 0) return filled;
  throw new EverturnError(
    'input_invalid',
    `Cannot start ${name}: its input does not fit (${faults.slice(0, 5).join('; ')}). Its schema is "inputs" of the flow`,
    { details: { faults } },
  );
};
