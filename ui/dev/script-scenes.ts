import type { RunNode } from '../../contracts/runs.ts';
import type { FakeRuns } from './fake-runs.ts';
import { ago, ended, used } from './run-scenes.ts';
import type { RunStream } from './run-stream.ts';
import { fixtureScripts, reviewPhases, reviewSource } from './script-files.ts';

const parts = [
  'tide table',
  'light plan',
  'buoys',
  'power',
  'log of June',
  'repairs',
  'moorings',
  'crane',
  'fish market',
];
const meta = {
  name: 'harbour-review',
  description: fixtureScripts.scripts[1]?.description ?? '',
  phases: reviewPhases,
};
const declared = { steps: [], script: { meta, source: reviewSource } };
const args = { parts, since: '2026-06-01', strict: true };
const file = '/home/ada/lantern/.everturn/workflows/harbour-review.js';

const review = (fakeRuns: FakeRuns, seconds: number, fields: Parameters<FakeRuns['create']>[0] = {}): RunStream =>
  fakeRuns.create(
    {
      kind: 'script',
      name: 'harbour-review',
      file,
      createdAt: ago(seconds),
      budget: { tokens: 400_000, dollars: 0.5 },
      ...fields,
    },
    declared,
    args,
  );

const read = (run: RunStream, at: number, patch: Partial<RunNode> = {}): void =>
  run.call(`read${at}`, 'completed', {
    label: parts[at] ?? null,
    phase: 'Read',
    sessionId: `s${at + 1}`,
    ...ended(300 - at * 3, 240 - at * 9),
    usage: used(14_200 + at * 1310, 940 + at * 71),
    ...patch,
  });

/** In its second of three phases: some have ended, one was refused, one sleeps, a person is asked. */
export const runningScriptScene = (fakeRuns: FakeRuns): RunStream => {
  const run = review(fakeRuns, 305);
  run.say('phase', 'Read', ago(304));
  run.say('log', `${parts.length} parts, since 2026-06-01`, ago(304));
  run.asked.set('read0', { prompt: 'Read the tide table. What is broken?', label: 'tide table' });
  run.outputs.set(
    `run/${run.view.run.id}/step/read0`,
    'Low water of 14 June stands at 04:12; `data/tides.csv:166` says 03:12.',
  );
  parts.forEach((_, at) => {
    read(run, at);
  });
  run.say('log', 'crane: nothing found', ago(186));
  run.say('phase', 'Doubt', ago(170));
  run.say('log', '8 findings, 24 sceptics', ago(170));
  for (let at = 0; at < 24; at += 1) {
    const label = `sceptic ${(at % 3) + 1} of ${parts[Math.floor(at / 3)]}`;
    const own = { label, phase: 'Doubt' };
    if (at < 9) {
      const times = ended(168 - at, 120 - at * 6);
      run.call(`doubt${at}`, 'completed', { ...own, ...times, sessionId: `s${at + 11}`, usage: used(6100, 210) });
    } else if (at === 9) {
      run.call(`doubt${at}`, 'failed', {
        ...own,
        ...ended(150, 30),
        attempt: 2,
        sessionId: 's20',
        code: 'model_timeout',
        reason: 'The provider sent nothing for 60 s, twice',
      });
    } else if (at < 14) {
      run.call(`doubt${at}`, 'running', { ...own, startedAt: ago(58 - at), sessionId: `s${at + 11}` });
    } else run.call(`doubt${at}`, 'pending', own);
  }
  run.call('tool1', 'completed', { kind: 'tool', label: 'write_file', phase: 'Doubt', ...ended(61, 60.9) });
  run.call('pause1', 'running', { kind: 'sleep', label: '900 s', phase: 'Doubt', startedAt: ago(60) });
  run.say('log', 'sceptic 1 of power gave nothing: model_timeout', ago(30));
  run.call('ask1', 'pending', { kind: 'approval', label: 'may it wake the crew', phase: 'Report' });
  run.ask('ask1', {
    prompt: '**Buoy 7 is dark now.** Wake the crew, or wait for the report?',
    approvers: ['ada', 'grace'],
    deadline: new Date(Date.now() + 3 * 3600_000).toISOString(),
    form: [{ name: 'who', label: 'Whom', type: 'choice', choices: ['watch', 'all'], required: true }],
  });
  return run;
};

/** 1,000 agents in one phase. */
export const thousandScene = (fakeRuns: FakeRuns, done = 612): RunStream => {
  const run = fakeRuns.create(
    { kind: 'script', name: 'index-archive', file, createdAt: ago(1900), budget: { tokens: 20_000_000 } },
    {
      steps: [],
      script: {
        meta: {
          name: 'index-archive',
          description: 'One agent for each page of the archive.',
          phases: [{ title: 'List' }, { title: 'Index', detail: 'One agent for each page' }, { title: 'Merge' }],
        },
        source: "phase('Index');\n",
      },
    },
  );
  run.say('phase', 'List');
  run.call('list', 'completed', { kind: 'tool', label: 'list_files', phase: 'List', ...ended(1899, 1898.9) });
  run.say('phase', 'Index');
  for (let at = 0; at < 1000; at += 1) {
    const own = { label: `page ${at}`, phase: 'Index' };
    const bad = at % 101 === 7;
    if (at >= done + 16) run.call(`page${at}`, 'pending', own);
    else if (at >= done) run.call(`page${at}`, 'running', { ...own, startedAt: ago(20), sessionId: `s${at}` });
    else {
      run.call(`page${at}`, bad ? 'failed' : 'completed', {
        ...own,
        ...ended(1800, 1790 - (at % 9)),
        usage: used(9000, 300),
        sessionId: `s${at}`,
        ...(bad ? { code: 'result_invalid', reason: `Cannot take the result of page ${at}: it fits no schema` } : {}),
      });
    }
  }
  return run;
};

/** It threw in its second phase. */
export const failedScriptScene = (fakeRuns: FakeRuns): RunStream => {
  const run = review(fakeRuns, 900, { budget: { tokens: 120_000 } });
  run.say('phase', 'Read', ago(899));
  parts.forEach((_, at) => {
    read(run, at, at === 4 ? { status: 'failed', code: 'budget_spent', reason: 'The budget is spent' } : {});
  });
  run.call('read4', 'failed', {
    label: 'log of June',
    phase: 'Read',
    ...ended(300, 200),
    code: 'step_failed',
    reason: 'Cannot read logs/june.txt: there is no such file in /home/ada/lantern',
  });
  run.say('phase', 'Doubt', ago(700));
  run.say('log', `What came of it, in one line without an end: ${'tide and light and buoy, '.repeat(90)}`, ago(699));
  run.settle(
    'failed',
    'script_failed',
    "TypeError: cannot read property 'join' of undefined\n    at doubt (harbour-review.js:21:44)\n    at <main> (harbour-review.js:16:26)",
  );
  return run;
};

/** A re-run: what did not change was used again. It completed. */
export const rerunScene = (fakeRuns: FakeRuns): RunStream => {
  const run = review(fakeRuns, 240, { rerunOf: 'r1' });
  run.say('phase', 'Read', ago(239));
  parts.forEach((_, at) => {
    const again = at === 4 || at === 6;
    read(run, at, {
      ...(again ? {} : { reusedFrom: 'r1', sessionId: null, usage: null }),
      ...(at === 4 ? { freshBecause: 'its earlier run failed' } : {}),
      ...(at === 6 ? { freshBecause: 'its prompt changed' } : {}),
      ...(again ? {} : ended(239, 239)),
    });
  });
  run.say('phase', 'Doubt', ago(160));
  run.call('doubt', 'completed', {
    label: 'sceptic 1 of log of June',
    phase: 'Doubt',
    ...ended(160, 90),
    sessionId: 's2',
    usage: used(8100, 620),
    freshBecause: 'there was no such call before',
  });
  run.say('phase', 'Report', ago(88));
  run.call('report', 'completed', {
    label: 'report',
    phase: 'Report',
    ...ended(88, 12),
    sessionId: 's3',
    usage: used(21_000, 1900),
    freshBecause: 'its prompt changed',
  });
  run.say('log', 'The report is written', ago(12));
  run.output = [
    '## To be repaired',
    '',
    '1. **Buoy 7**: its lead time is added where it must be taken away (`src/plan.ts:41`).',
    '2. **Moorings**: the third ring is worn.',
    '',
    '| part | findings | stand |',
    '| --- | --- | --- |',
    '| buoys | 3 | 1 |',
    '| moorings | 1 | 1 |',
  ].join('\n');
  run.keep('findings.json', '[{"part": "buoys"}]');
  run.settle('completed');
  return run;
};

/** Names without blanks, a phase that nobody declared, calls without a phase, 3,000 lines. */
export const longScriptScene = (fakeRuns: FakeRuns): RunStream => {
  const long = 'Anamewithoutanyspaceinitatall'.repeat(6);
  const run = fakeRuns.create(
    { kind: 'script', name: long, file: `/home/ada/${long}/${long}.js`, createdAt: ago(90) },
    { steps: [], script: { meta: { name: 'long', description: long, phases: [] }, source: '' } },
    { long: long.repeat(40) },
  );
  run.call('c0', 'completed', { label: long, ...ended(80, 70) });
  run.call('c1f0e9a8b7c6d5', 'failed', { reason: long.repeat(60), code: 'step_failed', ...ended(80, 70) });
  run.call('c2', 'running', { label: 'short', phase: long });
  const lines = Array.from({ length: 3000 }, (_, at) => ({
    n: at + 1,
    kind: 'log' as const,
    text: at % 500 === 0 ? long.repeat(30) : `line ${at}`,
    at: ago(60),
  }));
  run.append({ type: 'script.lines', lines });
  return run;
};
