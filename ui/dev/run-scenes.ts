import type { RunNode } from '../../contracts/runs.ts';
import { noUsage, type UsageTotals } from '../../contracts/usage.ts';
import type { FakeRuns } from './fake-runs.ts';
import type { Declared, RunStream } from './run-stream.ts';

export const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

export const used = (input: number, output: number): UsageTotals => ({
  ...noUsage,
  input,
  output,
  cacheRead: Math.floor(input * 0.7),
  cost: input * 0.0000004 + output * 0.0000012,
  requests: 3,
});

const research: Declared = {
  steps: [
    { id: 'plan', description: 'Splits the question into searches.' },
    { id: 'search', kind: 'map', needs: ['plan'], description: 'One agent for each search.' },
    {
      id: 'depth',
      kind: 'switch',
      needs: ['search'],
      cases: [{ label: null, when: "input.depth === 'thorough'", steps: ['crosscheck'] }],
      default: ['skim'],
    },
    { id: 'crosscheck', needs: ['depth'], batch: 'checks' },
    { id: 'skim', kind: 'code', needs: ['depth'] },
    { id: 'sources', kind: 'code', needs: ['crosscheck', 'skim'], trigger: 'none_failed', batch: 'checks' },
    { id: 'figures', needs: ['crosscheck', 'skim'], trigger: 'none_failed', batch: 'checks' },
    {
      id: 'approve',
      kind: 'approval',
      needs: ['sources', 'figures'],
      description: 'A person looks before it is written.',
    },
    { id: 'write', needs: ['approve'] },
  ],
  batches: [{ name: 'checks', maxConcurrent: 4, join: 'all' }],
};

const question = {
  question: 'Why does buoy 7 stay dark at low tide?',
  folder: '.',
  depth: 'thorough',
  searches: 6,
  web: false,
};

export const ended = (from: number, to: number): Partial<RunNode> => ({ startedAt: ago(from), endedAt: ago(to) });

const searches = (run: RunStream, done: number, total = 6): void => {
  run.map('search', total, { startedAt: ago(190) });
  for (let index = 0; index < done; index += 1) {
    run.item('search', index, 'completed', {
      ...ended(190 - index * 9, 120 - index * 7),
      sessionId: `s${index + 1}`,
      usage: used(5200 + index * 310, 640),
    });
  }
};

/** A run in the middle: items run, one has failed once. */
export const runningScene = (fakeRuns: FakeRuns): RunStream => {
  const run = fakeRuns.create({ createdAt: ago(214) }, research, question);
  run.outputs.set('run/r1/step/plan', ['tide table', 'light plan', 'buoy 7', 'power', 'log of June', 'repairs']);
  run.node('plan', 'completed', { ...ended(213, 191), sessionId: 's1', usage: used(2100, 340) });
  searches(run, 3);
  run.item('search', 3, 'failed', {
    ...ended(160, 40),
    attempt: 2,
    code: 'model_timeout',
    reason: 'The provider sent nothing for 60 s, twice',
  });
  run.item('search', 4, 'running', { startedAt: ago(52), sessionId: 's5' });
  return run;
};

/** A run that asks, with a form. */
export const waitingScene = (fakeRuns: FakeRuns): RunStream => {
  const run = fakeRuns.create({ createdAt: ago(611), rerunOf: 'r1', fromStep: 'search' }, research, question);
  const earlier = { reusedFrom: 'r1' };
  run.node('plan', 'completed', { ...ended(610, 609.8), ...earlier, sessionId: 's1' });
  searches(run, 6);
  run.node('search', 'completed', { ...ended(609, 402), usage: used(33000, 4100) });
  run.node('depth', 'completed', { ...ended(402, 401.9), chosen: 0 });
  run.node('skim', 'excluded', { reason: 'The switch depth took case 1' });
  run.node('crosscheck', 'completed', { ...ended(401, 330), sessionId: 's2', usage: used(9200, 1240) });
  run.node('sources', 'completed', ended(330, 329.4));
  run.node('figures', 'completed', { ...ended(330, 280), sessionId: 's2', usage: used(4100, 510) });
  run.ask('approve', {
    prompt:
      '**Six sources agree, one does not.** The log of June says that the lamp was lit at low tide on the 14th. Write the report?',
    approvers: ['ada', 'grace'],
    deadline: new Date(Date.now() + 5 * 3600_000).toISOString(),
    form: [
      {
        name: 'audience',
        label: 'Who reads it',
        type: 'choice',
        choices: ['harbour master', 'crew', 'public'],
        required: true,
      },
      { name: 'pages', label: 'Pages at most', type: 'number', required: false },
      { name: 'doubt', label: 'Mention the log of June', type: 'boolean', required: false },
    ],
  });
  return run;
};

/** A run that failed, with a long reason. */
export const failedScene = (fakeRuns: FakeRuns): RunStream => {
  const run = fakeRuns.create(
    { createdAt: ago(5200), name: 'review-code', trigger: 'schedule' },
    {
      steps: [
        { id: 'diff', kind: 'code' },
        { id: 'review', kind: 'map', needs: ['diff'] },
        { id: 'rank', needs: ['review'] },
        { id: 'publish', kind: 'flow', needs: ['rank'] },
      ],
    },
    { base: 'HEAD~5' },
  );
  run.node('diff', 'completed', ended(5200, 5199.7));
  run.map('review', 40, { startedAt: ago(5199) });
  for (let index = 0; index < 40; index += 1) {
    const bad = index % 17 === 5;
    run.item('review', index, bad ? 'failed' : 'completed', {
      ...ended(5190, 5000 - index),
      sessionId: `s${index + 1}`,
      ...(bad
        ? {
            code: 'result_invalid',
            reason: 'Cannot take the result: it does not fit its schema (result.findings[0].line: must be integer)',
          }
        : {}),
    });
  }
  const trace = Array.from(
    { length: 60 },
    (_, at) =>
      `  at item ${at}: result.findings[${at}].line: must be integer, and src/plan.ts:${at * 7} does not exist`,
  ).join('\n');
  run.node('review', 'failed', {
    ...ended(5199, 4960),
    code: 'join_failed',
    reason: `Too few members completed: 37 of 40, all must.\n${trace}`,
  });
  run.node('rank', 'skipped', { reason: 'review failed, and the trigger is all_success' });
  run.node('publish', 'skipped', { reason: 'rank was skipped' });
  run.settle(
    'failed',
    'run_failed',
    'The step review failed and nothing tolerates it: too few members completed, 37 of 40',
  );
  return run;
};

const report = `# Why buoy 7 stays dark at low tide

**Its plan is one hour late.** The lead time in \`src/plan.ts\` is added where it must be taken away, so the lamp is lit
when the tide has risen again.

| evidence | where |
| --- | --- |
| the lead is added | \`src/plan.ts:41\` |
| low water on 14 June at 03:12 | \`data/tides.csv:166\` |
| first light on 14 June at 04:12 | \`logs/june.txt:88\` |

## What contradicts it

The crew's log says that the lamp was lit on the 14th. It notes no hour.

## What to do

1. Take the lead away instead of adding it.
2. Add a test for a buoy that is dry at low tide.
`;

/** A run that completed, with a report and a file. */
export const completedScene = (fakeRuns: FakeRuns): RunStream => {
  const run = fakeRuns.create({ createdAt: ago(7400) }, research, question);
  run.node('plan', 'completed', { ...ended(7400, 7380), sessionId: 's1', usage: used(2100, 340) });
  searches(run, 6);
  run.node('search', 'completed', { ...ended(7380, 7200), usage: used(33000, 4100) });
  run.node('depth', 'completed', { ...ended(7200, 7199.9), chosen: -1 });
  run.node('crosscheck', 'excluded', { reason: 'The switch depth took its default' });
  run.node('skim', 'completed', ended(7199, 7198.8));
  run.node('sources', 'completed', ended(7198, 7197.2));
  run.node('figures', 'completed', { ...ended(7198, 7150), attempt: 2, sessionId: 's2', usage: used(4100, 510) });
  run.node('approve', 'completed', ended(7150, 6900));
  run.node('write', 'completed', { ...ended(6900, 6801), sessionId: 's3', usage: used(14100, 2210) });
  run.keep('report.md', report);
  run.keep('sources.json', '[]');
  run.settle('completed');
  return run;
};

/** 10,000 items, most of them done. */
export const manyScene = (fakeRuns: FakeRuns, total = 10_000, done = 7_312): RunStream => {
  const run = fakeRuns.create(
    { createdAt: ago(1900), name: 'index-archive' },
    {
      steps: [
        { id: 'list', kind: 'code' },
        { id: 'index', kind: 'map', needs: ['list'] },
        { id: 'merge', kind: 'code', needs: ['index'] },
      ],
    },
  );
  run.node('list', 'completed', ended(1900, 1899));
  run.map('index', total, { startedAt: ago(1899) });
  for (let index = 0; index < done; index += 1) {
    const bad = index % 611 === 7;
    run.item('index', index, bad ? 'failed' : 'completed', {
      ...ended(1800, 1799),
      ...(bad ? { code: 'step_failed', reason: `Cannot read page ${index}: it is not text` } : {}),
    });
  }
  for (let index = done; index < Math.min(done + 8, total); index += 1) run.item('index', index, 'running');
  return run;
};

/** 200 steps with names that do not break. */
export const longScene = (fakeRuns: FakeRuns): RunStream => {
  const name = (at: number): string =>
    `${'Averylongnamewithoutanyspaceinitatall'.repeat(at % 5 === 0 ? 1 : 0)}step${at}`;
  const steps = Array.from({ length: 200 }, (_, at) => ({
    id: name(at),
    needs: at < 4 ? [] : [name(at - (at % 4) - 1)],
  }));
  const run = fakeRuns.create(
    { createdAt: ago(90), name: 'Aflowwithanamethatisverylongandhasnospaceatallbutmustnotbreakthepage' },
    { steps },
  );
  for (const { id } of steps.slice(0, 80)) run.node(id, 'completed', ended(80, 60));
  run.node(name(80), 'failed', { code: 'step_failed', reason: 'Noblanksatall'.repeat(400) });
  for (const { id } of steps.slice(81, 90)) run.node(id, 'running');
  return run;
};
