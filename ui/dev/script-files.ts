import type { ScriptList } from '../../contracts/found.ts';

const file = (name: string): string => `/home/ada/lantern/.everturn/workflows/${name}.js`;
const common = { shadows: [], faults: [], warnings: [] };

export const reviewPhases = [
  { title: 'Read', detail: 'One agent for each part of the harbour' },
  { title: 'Doubt', detail: 'Three sceptics for each finding; two of them must agree' },
  { title: 'Report', detail: 'A person looks, then it is written' },
];

/** What the fixture server has found: one to start, one with warnings, one with faults. */
export const fixtureScripts: ScriptList = {
  scripts: [
    {
      ...common,
      name: 'deep-research',
      description: 'Splits a question, searches in parallel, lets sceptics look at each finding, and writes a report.',
      origin: 'built-in',
      file: '/usr/lib/everturn/catalog/workflows/deep-research.js',
      meta: {
        name: 'deep-research',
        description:
          'Splits a question, searches in parallel, lets sceptics look at each finding, and writes a report.',
        whenToUse: 'The answer lies in many files and has to be right. Expect 20 to 60 agents.',
        phases: [
          { title: 'Plan' },
          { title: 'Search', detail: 'One agent for each part of the question' },
          { title: 'Doubt', detail: 'Three sceptics for each finding' },
          { title: 'Report' },
        ],
      },
    },
    {
      ...common,
      name: 'harbour-review',
      description: 'Reads the whole harbour, doubts what it found, and writes what is to be repaired.',
      origin: 'project',
      file: file('harbour-review'),
      shadows: ['/home/ada/.everturn/workflows/harbour-review.js'],
      meta: {
        name: 'harbour-review',
        description: 'Reads the whole harbour, doubts what it found, and writes what is to be repaired.',
        phases: reviewPhases,
      },
      warnings: [
        {
          file: file('harbour-review'),
          line: 31,
          column: 3,
          path: '',
          message: 'agent() is not awaited: the script may end before it does. Write "await agent(…)"',
        },
      ],
    },
    {
      ...common,
      name: 'winter-lights',
      description: '',
      origin: 'personal',
      file: file('winter-lights'),
      meta: null,
      faults: [
        { file: file('winter-lights'), line: 12, column: 19, path: '', message: 'unexpected token ")"' },
        {
          file: file('winter-lights'),
          line: 3,
          column: 15,
          path: 'meta.name',
          message: 'expected a text literal, found a call: meta is read without running the file',
        },
      ],
    },
  ],
  clashes: [],
};

export const reviewSource = `export const meta = {
  name: 'harbour-review',
  description: 'Reads the whole harbour, doubts what it found, and writes what is to be repaired.',
  phases: [
    { title: 'Read', detail: 'One agent for each part of the harbour' },
    { title: 'Doubt', detail: 'Three sceptics for each finding; two of them must agree' },
    { title: 'Report', detail: 'A person looks, then it is written' },
  ],
};

phase('Read');
const parts = args.parts;
const found = await parallel(parts.map((part) => () => agent(\`Read \${part}. What is broken?\`, { label: part })));

phase('Doubt');
const sure = await pipeline(found.filter(Boolean), async (finding, _, at) => {
  const votes = await parallel(
    [1, 2, 3].map((n) => () => agent(\`Is this wrong? \${finding}\`, { label: \`sceptic \${n} of \${parts[at]}\` })),
  );
  return votes.filter((vote) => vote === 'no').length >= 2 ? finding : null;
});

phase('Report');
return await agent(\`Write what is to be repaired:\\n\${sure.filter(Boolean).join('\\n')}\`, { label: 'report' });
`;

/** The files as they are now. The review was edited since its runs began. */
export const currentSources: Record<string, string> = {
  'deep-research': "phase('Plan');\nreturn await agent(args);\n",
  'harbour-review': reviewSource
    .replace("votes.filter((vote) => vote === 'no').length >= 2", "votes.every((vote) => vote === 'no')")
    .replace("phase('Report');\n", "phase('Report');\nlog('findings stand: ' + sure.filter(Boolean).length);\n"),
};
