import pg from 'pg';
import { planText } from '../../model/plan.ts';
import type { Section } from '../../report.ts';
import type { Contestant } from '../../turn/contestant.ts';
import type { Field } from '../field.ts';

const sessions = 10;
const turns = 20;

type Size = { rows: number; indexes: number };
type Sizes = Map<string, Size>;

/** Live bytes, with indexes: what dead rows leave behind is taken out first. */
const sizesOf = async (database: pg.Client): Promise<Sizes> => {
  await database.query('VACUUM FULL');
  const { rows } = await database.query<{ name: string; rows: string; indexes: string }>(
    `SELECT relname AS name, pg_table_size(c.oid) AS rows, pg_indexes_size(c.oid) AS indexes
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE relkind = 'r' AND nspname = 'public'`,
  );
  return new Map(rows.map((row) => [row.name, { rows: Number(row.rows), indexes: Number(row.indexes) }]));
};

const play = async (contestant: Contestant): Promise<void> => {
  for (let session = 0; session < sessions; session += 1) {
    const talk = await contestant.open();
    for (let turn = 0; turn < turns; turn += 1) await talk.turn(planText());
    await talk.close();
  }
};

const grown = async (database: pg.Client, contestant: Contestant): Promise<Sizes> => {
  const before = await sizesOf(database);
  await play(contestant);
  const after = await sizesOf(database);
  const perTurn = (name: string, of: keyof Size): number =>
    ((after.get(name)?.[of] ?? 0) - (before.get(name)?.[of] ?? 0)) / (sessions * turns);
  return new Map(
    [...after.keys()].map((name) => [name, { rows: perTurn(name, 'rows'), indexes: perTurn(name, 'indexes') }]),
  );
};

const bytesOf = ({ rows, indexes }: Size): number => rows + indexes;
const sum = (sizes: Sizes): number => [...sizes.values()].reduce((all, size) => all + bytesOf(size), 0);

/** Bytes in Postgres that one turn of the bench leaves behind. Sessions of ours stay: closing one deletes nothing. */
export const measureStore = async ({ database, plain, ours, servers }: Field): Promise<Section[]> => {
  const url = new URL(await servers.createDatabase('unused_store'));
  url.pathname = '/plain';
  const floor = new pg.Client({ connectionString: url.href });
  await floor.connect();
  try {
    const byTable = await grown(database, ours);
    const [mine, floors] = [sum(byTable), sum(await grown(floor, plain))];
    const largest = [...byTable]
      .filter(([, size]) => bytesOf(size) >= 1)
      .toSorted(([, a], [, b]) => bytesOf(b) - bytesOf(a));
    return [
      {
        title: `Bytes in Postgres that a turn leaves behind, over ${sessions * turns} turns`,
        figures: [
          { label: 'ours', unit: 'B', value: mine },
          { label: '(a) plain', unit: 'B', value: floors },
          { label: 'ours of (a)', unit: '×', value: mine / floors, target: 2 },
          ...largest.map(([name, size]) => ({
            label: `  ${name} (indexes ${Math.round(size.indexes)})`,
            unit: 'B',
            value: bytesOf(size),
          })),
        ],
      },
    ];
  } finally {
    await floor.end();
  }
};
