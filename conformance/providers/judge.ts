import { isDeepStrictEqual } from 'node:util';
import type { Row } from './row.ts';
import type { Outcome } from './run-row.ts';

const isFacts = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Whether all that is expected is there; what it leaves out does not count. */
const holds = (actual: unknown, expected: unknown): boolean => {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((each, at) => holds(actual[at], each))
    );
  }
  if (!isFacts(expected)) return isDeepStrictEqual(actual, expected);
  return isFacts(actual) && Object.entries(expected).every(([name, value]) => holds(actual[name], value));
};

const shown = (value: unknown): string => JSON.stringify(value) ?? String(value);

const ofError = (row: Row, { error }: Outcome): string[] => {
  const { error: expected } = row.expect;
  if (!expected) return error ? [`failed: ${error.message}`] : [];
  if (!error) return [`no error, expected ${expected.code}`];
  const { code, kind, says, retryAfterMs } = expected;
  const faults: string[] = [];
  if (error.code !== code) faults.push(`failed with ${error.code} (${error.message}), expected ${code}`);
  if (kind !== undefined && error.details?.kind !== kind)
    faults.push(`of kind ${error.details?.kind}, expected ${kind}`);
  if (says !== undefined && !error.message.includes(says)) faults.push(`says "${error.message}", expected "${says}"`);
  if (retryAfterMs !== undefined && error.details?.retryAfterMs !== retryAfterMs) {
    faults.push(`asks to wait ${error.details?.retryAfterMs} ms, expected ${retryAfterMs}`);
  }
  if (!error.message.includes('http://127.0.0.1')) faults.push('does not name the provider');
  return faults;
};

/** What is wrong with what came of a row. Empty: it holds. */
export const judge = (row: Row, outcome: Outcome): string[] => {
  const { expect } = row;
  const { received, said, replies, broken } = outcome;
  const last = received.at(-1);
  const faults = ofError(row, outcome);
  if (broken.length > 0) faults.push(`request ${broken.join(', ')} does not extend the one before it`);
  if (expect.said && !holds(said, expect.said)) faults.push(`came ${shown(said)}, expected ${shown(expect.said)}`);
  if (expect.finish !== undefined && replies.at(-1)?.finishReason !== expect.finish) {
    faults.push(`ended with ${replies.at(-1)?.finishReason}, expected ${expect.finish}`);
  }
  if (expect.requests !== undefined && received.length !== expect.requests) {
    const refused = received.map(({ refused: by }) => by ?? 'accepted').join(', ');
    faults.push(`${received.length} requests (${refused}), expected ${expect.requests}`);
  }
  if (expect.sent && !holds(last?.asked, expect.sent)) faults.push(`sent ${last?.raw}, expected ${shown(expect.sent)}`);
  if (expect.messages) {
    const tail = last?.asked.messages.slice(-expect.messages.length);
    if (!holds(tail, expect.messages)) faults.push(`sent ${shown(tail)}, expected ${shown(expect.messages)}`);
  }
  for (const words of expect.unsent ?? []) if (last?.raw.includes(words)) faults.push(`sent ${words}: ${last.raw}`);
  if (
    expect.usage !== undefined &&
    !(expect.usage === null ? replies.at(-1)?.usage === null : holds(replies.at(-1)?.usage, expect.usage))
  ) {
    faults.push(`usage ${shown(replies.at(-1)?.usage)}, expected ${shown(expect.usage)}`);
  }
  return faults;
};
