import type { Database } from './database.ts';

const tables = `
  SELECT format(E'CREATE TABLE %I (\\n%s\\n);', c.relname, string_agg(line, E',\\n' ORDER BY place, line)) AS text
  FROM pg_class c
  JOIN LATERAL (
    SELECT a.attnum AS place, format('  %I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
      CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
      CASE WHEN d.adbin IS NULL THEN '' ELSE ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) END) AS line
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT 10000, format('  CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid))
    FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype <> 'n'
  ) AS lines ON true
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
  GROUP BY c.relname ORDER BY c.relname`;

const indexes = `
  SELECT pg_get_indexdef(i.indexrelid) || ';' AS text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE c.relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid)
  ORDER BY c.relname`;

const functions = `
  SELECT rtrim(pg_get_functiondef(oid), E'\\n') || ';' AS text FROM pg_proc
  WHERE pronamespace = 'public'::regnamespace ORDER BY oid::regprocedure::text`;

/** The schema of a migrated database, as one readable text that is the same wherever they ran. */
export const dumpSchema = async (database: Database): Promise<string> => {
  const parts: string[] = [];
  for (const query of [tables, indexes, functions]) {
    parts.push(...(await database.query<{ text: string }>(query)).map(({ text }) => text));
  }
  return `-- Made by \`npm run schema\` from the migrations; compared by \`npm test\`.\n\n${parts.join('\n\n')}\n`;
};
