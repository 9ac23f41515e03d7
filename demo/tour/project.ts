import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Project } from '../support/project.ts';

const plan = `import { type Buoy, type Tide } from './tide.ts';

/** When each buoy is lit: an hour before high water. */
export const plan = (tides: Tide[], buoys: Buoy[]) => {
  const next = tides.filter((tide) => tide.at > Date.now());
  return buoys.map((buoy) => ({
    buoy: buoy.id,
    lit: next.map((tide) => tide.at - 3600),
  }));
};
`;

const tide = `export type Tide = { at: number; metres: number };
export type Buoy = { id: number; lamp: 'ok' | 'dark' };

/** High waters of a table with one row each: time, metres. */
export const parse = (table: string): Tide[] =>
  table.trim().split('\\n').slice(1).map((row) => {
    const [at, metres] = row.split(',');
    return { at: Date.parse(at), metres: Number(metres) };
  });
`;

const readme = `# Lantern

Keeps the lights of a small harbour in step with the tide. \`npm start\` prints when each buoy is lit.

- \`src/plan.ts\`: when each buoy is lit
- \`src/tide.ts\`: the tide table
- \`data/tides.csv\`: high waters, in UTC
`;

const tides = `at,metres
2026-11-28T04:12:00Z,3.9
2026-11-28T16:40:00Z,4.1
2026-11-29T05:02:00Z,4.0
2026-11-29T17:24:00Z,4.2
`;

const script = `export const meta = {
  name: 'harbour-review',
  description: 'Reviews each part of the harbour, doubts what was found, and writes a report',
  phases: [
    { title: 'Read', detail: 'One agent for each part' },
    { title: 'Doubt', detail: 'Two sceptics for each finding' },
    { title: 'Report', detail: 'Published once somebody has approved it' },
  ],
}

phase('Read')
const found = await parallel(args.parts.map((part) => () => agent('Review the ' + part + '.', { label: part })))
log(found.filter(Boolean).length, 'parts reviewed')

phase('Doubt')
const doubts = await parallel(args.parts.flatMap((part) => [1, 2].map((n) => () =>
  agent('Doubt finding ' + n + ' about the ' + part + '.', { label: 'sceptic ' + n + ' of ' + part }))))
log(doubts.filter(Boolean).length, 'findings hold')

phase('Report')
const answer = await approve('**Six of eight findings hold.** Publish the report?')
if (answer.approved) await artifact('report.md', found.join('\\n\\n'))
return { parts: args.parts.length, published: answer.approved }
`;

const flow = `name: winter-plan
description: Plans the lights for the winter months
inputs:
  type: object
  properties:
    months: { type: array, items: { type: string }, minItems: 1 }
    careful: { type: boolean }
  required: [months]

batches:
  checks: { maxConcurrent: 2 }

steps:
  - id: tides
    kind: agent
    prompt: Review the tide table for the winter.
  - id: months
    kind: map
    needs: [tides]
    items: input.months
    prompt: Plan the lights of \${item}.
  - id: depth
    kind: switch
    needs: [months]
    cases:
      - { label: careful, when: input.careful, steps: [simulate] }
    default: [skim]
  - id: simulate
    kind: agent
    batch: checks
    prompt: Simulate a winter night against the plan.
  - id: skim
    batch: checks
    kind: code
    code: |
      return { skimmed: true }
  - id: power
    kind: agent
    batch: checks
    needs: [months]
    prompt: Review the power the plan needs.
  - id: approve
    kind: approval
    needs: [simulate, skim, power]
    trigger: none_failed
    prompt: |
      **The plan fits the power of every buoy.** Buoy 9 is 4 % below its reserve in January.
      Put the plan into operation?
    form:
      - { name: from, label: First night, type: text }
      - { name: notify, label: Tell the harbour master, type: boolean }
  - id: publish
    kind: agent
    needs: [approve]
    prompt: Announce the winter plan.
`;

export const scriptName = 'harbour-review';
export const flowName = 'winter-plan';

/** What the agents of the tour read and change, and what runs. */
export const writeHarbour = async ({ folder, workspace }: Project): Promise<void> => {
  const files: Record<string, string> = {
    [path.join(workspace, 'README.md')]: readme,
    [path.join(workspace, 'src', 'plan.ts')]: plan,
    [path.join(workspace, 'src', 'tide.ts')]: tide,
    [path.join(workspace, 'data', 'tides.csv')]: tides,
    [path.join(folder, '.everturn', 'workflows', `${scriptName}.js`)]: script,
    [path.join(folder, '.everturn', 'flows', `${flowName}.yaml`)]: flow,
  };
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
};
