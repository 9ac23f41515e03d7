import { z } from 'zod';
import { submitResultName } from '../../contracts/tools.ts';
import { schemaFaults } from '../../sandbox/json-schema.ts';
import { decodeTexts } from './decode-texts.ts';
import { defineTool, ok } from './define.ts';
import { failed } from './failed.ts';
import type { Tool } from './tool.ts';

const maxFaults = 20;

const describe = (faults: readonly string[]): string => {
  const more = faults.length > maxFaults ? [`and ${faults.length - maxFaults} more`] : [];
  return [...faults.slice(0, maxFaults), ...more].map((fault) => `\n- ${fault}`).join('');
};

const check = (schema: Record<string, unknown>, value: unknown): string[] => {
  try {
    return schemaFaults(schema, value, 'result');
  } catch (error) {
    throw failed(`its schema cannot be used: ${error instanceof Error ? error.message : String(error)}`, error);
  }
};

/** References to definitions count from the root of the schema that is offered. */
const offered = ({ $schema: _, $defs, definitions, ...schema }: Record<string, unknown>): Record<string, unknown> => ({
  type: 'object',
  properties: { result: schema },
  required: ['result'],
  additionalProperties: false,
  ...($defs === undefined ? {} : { $defs }),
  ...(definitions === undefined ? {} : { definitions }),
});

/**
 * How a session with a schema hands in its result. A result that fits ends the turn, so that no further request is
 * paid for; one that does not is told its faults, and the model tries again.
 */
export const createSubmitResult = (schema: Record<string, unknown>): Tool => ({
  ...defineTool({
    name: submitResultName,
    description: 'Hand in the result of the work, in the form that the schema asks for. It ends your turn.',
    parameters: z.strictObject({ result: z.unknown().optional() }),
    effect: 'idempotent',
    permission: 'read',
    doing: () => 'take the result',
    async run(args) {
      if (!('result' in args)) throw failed('it is missing; pass it as the argument "result"');
      const faults = check(schema, args.result);
      const decoded = faults.length > 0 ? decodeTexts(schema, args.result) : undefined;
      if (decoded)
        return {
          ...ok('Taken, with the texts in it read as the JSON that they hold.'),
          taken: JSON.stringify(decoded.value),
        };
      if (faults.length > 0) throw failed(`it does not fit the schema:${describe(faults)}\nHand it in again.`);
      return ok('Taken.');
    },
  }),
  schema: offered(schema),
  endsTurn: true,
});
