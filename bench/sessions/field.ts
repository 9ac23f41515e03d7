import pg from 'pg';
import type { Closing } from '../closing.ts';
import { openField as openTurnField, type Field as TurnField } from '../turn/field.ts';

export type Field = TurnField & { database: pg.Client };

/** The contestants of `bench -- turn`, and a connection to the database of ours. */
export const openField = async (closing: Closing, progress: (line: string) => void): Promise<Field> => {
  const field = await openTurnField(closing, progress);
  const database = new pg.Client({ connectionString: field.stack.databaseUrl });
  await database.connect();
  closing.add(() => database.end());
  return { ...field, database };
};
