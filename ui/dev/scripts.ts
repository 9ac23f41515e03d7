import type { Script } from './fake-agent.ts';

const readme = `# Lantern

Lantern keeps the lights of a small harbour in step with the tide. It reads the tide table, plans when each
buoy is lit, and tells the harbour master what it changed.

## Running it

    npm ci
    npm start
`;

const answer = `This project is **Lantern**: it keeps the lights of a small harbour in step with the tide.

| file | what it holds |
| --- | --- |
| \`README.md\` | what the project is and how to run it |
| \`src/plan.ts\` | when each buoy is lit |
| \`src/tide.ts\` | the tide table, parsed once at start |

To run it:

\`\`\`sh
npm ci
npm start
\`\`\`

1. The tide table is read from \`data/tides.csv\`.
2. Each buoy gets a plan for the next 24 hours.
3. What changed is written to the log, see the [tide notes](https://example.org/tides).

> A plan is never changed in the hour before high water.
`;

const exploring: Script = {
  steps: [
    {
      thinking: 'The question is about the files and the purpose. I list the folder first, then read the README.',
      calls: [
        { tool: 'list_files', arguments: { path: '.' }, result: 'README.md\ndata/\npackage.json\nsrc/\ntest/' },
        { tool: 'read_file', arguments: { path: 'README.md' }, result: readme },
        {
          tool: 'search_files',
          arguments: { pattern: 'high water', glob: '*.ts' },
          result: 'src/plan.ts:41: // one hour before high water',
        },
      ],
    },
    { text: answer },
  ],
};

const before = `export const plan = (tides: Tide[], buoys: Buoy[]): Plan => {
  const next = tides.filter((tide) => tide.at > Date.now());
  return buoys.map((buoy) => ({
    buoy: buoy.id,
    lit: next.map((tide) => tide.at - 3600),
  }));
};
`;

const changing: Script = {
  steps: [
    { text: 'The lead is in seconds where milliseconds are meant. I correct it and run the tests.' },
    {
      calls: [
        {
          tool: 'edit_file',
          arguments: {
            path: 'src/plan.ts',
            old_text: before,
            new_text: before
              .replace('tide.at - 3600', 'tide.at - leadMs')
              .replace('export const plan', 'const leadMs = 60 * 60 * 1000;\n\nexport const plan'),
          },
          ask: true,
          result: 'Edited src/plan.ts: 1 replacement',
        },
        {
          tool: 'run_command',
          arguments: { argv: ['npm', 'test', '--', '--reporter', "it's dot"], seconds: 60 },
          ask: true,
          output: [
            '> lantern@1.0.0 test\n> node --test\n\n',
            '\u001b[32m✔\u001b[0m plans the night before high water (3.1ms)\n',
            '\u001b[32m✔\u001b[0m skips buoys under repair (0.8ms)\n',
            'ℹ tests 2\nℹ pass 2\n',
          ],
          result: 'exit status 0',
        },
      ],
    },
    { text: 'Done: the lead is `60 * 60 * 1000` now, and both tests pass.' },
  ],
};

const failing: Script = {
  steps: [
    {
      calls: [
        {
          tool: 'read_file',
          arguments: { path: 'src/moon.ts' },
          status: 'error',
          result: 'Cannot read "src/moon.ts": there is no such file. Near it: src/plan.ts, src/tide.ts',
        },
        {
          tool: 'read_file',
          arguments: '{"path": "src/ti',
          status: 'error',
          result: 'The arguments are not valid JSON: unterminated string at position 16',
        },
      ],
    },
    { text: 'I look at the tide table next' },
  ],
  fail: {
    code: 'model_unauthorized',
    message:
      'The provider at https://api.example.org refused the key in EXAMPLE_API_KEY: 401 Incorrect API key provided',
  },
};

const round = [
  'The eastern mole carries buoys 1 to 6. They are lit from dusk on, one hour before high water at the latest.',
  'The fairway is the busiest part: buoys 7 to 12 follow the ferry, and buoy 9 has a second lamp for fog.',
  'At the inner basin nothing depends on the tide. The lamps there are lit by the clock alone.',
  'The western mole was rebuilt last autumn; its three new buoys are not in the tide table yet.',
  'The harbour master sees every change in the log and can hold a plan back until noon.',
  'That was the round: two buoys need a look, numbers 9 and 14.',
];

const long: Script = {
  steps: round.map((part, at) => ({
    thinking: `Stop ${at + 1} of ${round.length} on the round. I note what is lit and what depends on the tide.`,
    text: `**Part ${at + 1}.** ${part} ${'Nothing else stands out here, so the next stop is the one that follows on the chart. '.repeat(3)}`.trim(),
  })),
};

const big = (characters: number): Script => {
  const line = 'The quick brown fox jumps over the lazy dog and logs a line about it';
  const lines = Math.ceil(characters / (line.length + 10));
  const text = Array.from({ length: lines }, (_, at) => `${String(at + 1).padStart(8, '0')} ${line}`).join('\n');
  return {
    steps: [
      { calls: [{ tool: 'run_command', arguments: { argv: ['cat', 'fakeSessions.log'] }, result: text }] },
      { text: 'That is the whole log.' },
    ],
  };
};

const files = ['plan', 'tide', 'buoy', 'lamp', 'fog', 'chart', 'ferry', 'mole', 'log', 'clock', 'moon', 'master'];
export const planDiff = `--- a/src/plan.ts
+++ b/src/plan.ts
@@ -1,5 +1,7 @@
+const leadMs = 60 * 60 * 1000;
+
 export const plan = (tides: Tide[], buoys: Buoy[]): Plan => {
   const next = tides.filter((tide) => tide.at > Date.now());
   return buoys.map((buoy) => ({
     buoy: buoy.id,
-    lit: next.map((tide) => tide.at - 3600),
+    lit: next.map((tide) => tide.at - leadMs),
@@ -40,3 +42,4 @@
 // one hour before high water
 export const lead = 1;
-export const unit = 's';
+export const unit = 'ms';
+export const zone = 'UTC';
`;

const todo = (done: number): string =>
  JSON.stringify({
    items: ['Read every source file', 'Correct the lead time', 'Run the tests', 'Ask which zone the plan is in'].map(
      (text, at) => ({ text, status: at < done ? 'done' : at === done ? 'doing' : 'open' }),
    ),
  });

/** Many calls in a row, a change with its diff, a list, and a question. */
const auditing: Script = {
  steps: [
    {
      thinking: 'I read all sources first, then look for where the unit is wrong.',
      calls: [
        ...files.map((name) => ({
          tool: 'read_file',
          arguments: { path: `src/${name}.ts` },
          result: `export const ${name} = () => {\n  // one hour before high water\n};\n`,
        })),
        { tool: 'search_files', arguments: { pattern: '3600', glob: '*.ts' }, result: 'src/plan.ts:6: tide.at - 3600' },
      ],
    },
    {
      text: 'The lead is in seconds in one place only.',
      calls: [{ tool: 'todo', arguments: todo(1), result: 'Kept' }],
    },
    {
      calls: [
        {
          tool: 'edit_file',
          arguments: { path: 'src/plan.ts', old_text: 'tide.at - 3600', new_text: 'tide.at - leadMs' },
          result: 'Edited src/plan.ts',
          diff: planDiff,
        },
        { tool: 'run_command', arguments: { argv: ['npm', 'test'] }, result: 'tests 2, pass 2' },
        { tool: 'todo', arguments: todo(3), result: 'Kept' },
      ],
    },
    { text: 'The lead is `60 * 60 * 1000` now, and both tests pass.' },
  ],
};

const asking: Script = {
  steps: [
    {
      text: 'The plan does not say in which zone its times are.',
      calls: [
        {
          tool: 'ask_user',
          arguments: { question: 'Which zone are the times of the plan in?' },
          question: {
            question: 'Which zone are the times of the plan in?',
            kind: 'choice',
            choices: ['UTC', 'The zone of the harbour', 'The zone of the ship'],
          },
        },
      ],
    },
    { text: 'Good. I write it into the head of the plan.' },
  ],
};

/** Which turn a message gets. */
export const scriptFor = (text: string): Script => {
  if (/audit/i.test(text)) return auditing;
  if (/zone/i.test(text)) return asking;
  if (/fix|change|edit/i.test(text)) return changing;
  if (/fail|break/i.test(text)) return failing;
  if (/long|slow/i.test(text)) return long;
  const huge = /(\d+) ?MB/i.exec(text);
  if (huge) return big(Number(huge[1]) * 1024 * 1024);
  if (/evil/i.test(text)) {
    return {
      steps: [
        {
          text: 'Hello <img src=x onerror="document.title=1"><script>document.title=2</script> ![pixel](https://tracker.example/p.png) [click](javascript:alert(1)) [relative](/s/1) <b>bold</b>\n\n```js\nconst open = "fence";',
        },
      ],
    };
  }
  if (/short/i.test(text)) return { steps: [{ text: `You said: ${text}` }] };
  return exploring;
};
