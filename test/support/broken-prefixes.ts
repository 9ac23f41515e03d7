import type { Store } from '../../store/store.ts';

/** Requests that do not extend the one before them, though nothing has declared it: none may be made by any test. */
export const brokenPrefixes = async (store: Store): Promise<string[]> => {
  const rows = await store.database.query<{ id: string; broken: object | null }>(
    `SELECT id, attributes #> '{prefix,break}' AS broken FROM spans
     WHERE kind = 'model' AND attributes #>> '{prefix,extends}' = 'false'
       AND coalesce(attributes #>> '{prefix,break,declared}', 'false') = 'false' ORDER BY id`,
  );
  return rows.map(({ id, broken }) => `${id}: ${JSON.stringify(broken)}`);
};
