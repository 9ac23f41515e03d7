import { readFile } from 'node:fs/promises';
import type { Database } from './database.ts';

/** Each part is a query in `schema-dump/` that returns rows of one column, `text`. */
const parts = [
  'types',
  'sequences',
  'tables',
  'indexes',
  'views',
  'triggers',
  'functions',
  'others',
  'comments',
  'privileges',
];

/** The schema of a migrated database, as one readable text that is the same on every machine. */
export const dumpSchema = async (database: Pick<Database, 'query'>): Promise<string> => {
  const texts: string[] = [];
  for (const part of parts) {
    const query = await readFile(new URL(`schema-dump/${part}.sql`, import.meta.url), 'utf8');
    const rows = await database.query<{ text: string }>(query);
    // Sorted here: a database may collate in its own way.
    texts.push(...rows.map(({ text }) => text).sort());
  }
  return `-- Made by \`npm run schema\` from the migrations and the functions; compared by \`npm test\`.\n\n${texts.join('\n\n')}\n`;
};
