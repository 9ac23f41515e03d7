/**
 * What a user or a model wrote passes between a script's workflow and its activities as a payload of its own kind: only
 * its hash goes to Temporal. What the other side receives is the value itself.
 */

const contentBrand = Symbol.for('everturn.content');
const resultBrand = Symbol.for('everturn.result');

export type Content = { [contentBrand]: true; runId: string; value: unknown };
/** The result of a call, named by its node's key: read from Postgres by its receiver. */
export type ResultOf = { [resultBrand]: true; key: string };

/** Passes a JSON value by its hash. Typed as the value, which is what arrives. */
export const content = <T>(runId: string, value: T): T =>
  ({ [contentBrand]: true, runId, value }) satisfies Content as unknown as T;

/** Passes the result of a call by the key of its node. Typed as what arrives. */
export const resultOf = <T>(key: string): T => ({ [resultBrand]: true, key }) satisfies ResultOf as unknown as T;

const has = (value: unknown, brand: symbol): boolean => typeof value === 'object' && value !== null && brand in value;
export const isContent = (value: unknown): value is Content => has(value, contentBrand);
export const isResultOf = (value: unknown): value is ResultOf => has(value, resultBrand);

/** Part of the failure of a task that can never be done: the content behind its hashes is gone from Postgres. */
export const lostContent = 'is no longer in Postgres';

/** Encodings of payloads: with the value itself, and with its hash for Temporal. */
export const encodings = {
  content: 'everturn/content',
  stored: 'everturn/stored',
  result: 'everturn/result',
} as const;
