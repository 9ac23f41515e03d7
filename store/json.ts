/**
 * JSON text that jsonb takes: U+0000 and lone surrogates, which Postgres refuses, become U+FFFD. What a model or a
 * tool wrote may hold either.
 */
export const toJson = (value: unknown): string =>
  JSON.stringify(value, (_key, field: unknown) => (typeof field === 'string' ? storable(field) : field));

/** The same for a text column. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');
