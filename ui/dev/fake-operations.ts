import type { AgentSummary } from '../../contracts/found.ts';
import type { Key } from '../../contracts/keys.ts';
import type { Note } from '../../contracts/memory.ts';
import type { PermissionList } from '../../contracts/permissions/api.ts';
import type { Schedule } from '../../contracts/runs.ts';
import type { StackReport } from '../../contracts/stack.ts';
import type { ToolList } from '../../contracts/tool-sources.ts';
import type { UsageDimension, UsageReport, UsageRow } from '../../contracts/usage-report.ts';

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();
const hour = 3_600_000;

/** What the operator's pages of the fixture server show; tests may change it. */
export class FakeOperations {
  schedules: Schedule[] = [
    {
      flow: 'nightly-tides',
      cron: '0 4 * * *',
      timeZone: 'Europe/Oslo',
      overlap: 'skip',
      paused: false,
      nextRuns: [new Date(Date.now() + 8.4 * hour).toISOString(), new Date(Date.now() + 32.4 * hour).toISOString()],
      skipped: 2,
      lastRun: {
        id: 'r1',
        status: 'completed',
        createdAt: ago(15.6 * hour),
        endedAt: ago(15.5 * hour),
        waiting: false,
      },
    },
    {
      flow: 'weekly-report',
      cron: '30 7 * * MON',
      timeZone: 'UTC',
      overlap: 'buffer_one',
      paused: true,
      nextRuns: [],
      skipped: 0,
      lastRun: {
        id: 'r3',
        status: 'failed',
        createdAt: ago(5 * 24 * hour),
        endedAt: ago(5 * 24 * hour),
        waiting: false,
      },
    },
    {
      flow: 'log-sweep',
      cron: '*/20 * * * *',
      timeZone: 'UTC',
      overlap: 'allow_all',
      paused: false,
      nextRuns: [ago(-190_000)],
      skipped: 0,
      lastRun: null,
    },
  ];
  keys: Key[] = [
    {
      name: 'main',
      baseUrl: 'https://api.anthropic.example/v1',
      apiKeyEnv: 'MAIN_API_KEY',
      models: ['sonnet-4.5', 'offline (built in)', 'example-large', 'example-small'],
      marks: [],
    },
    {
      name: 'spare',
      baseUrl: 'https://llm.harbour.example/v1',
      apiKeyEnv: null,
      models: ['qwen3-coder'],
      marks: [
        {
          model: null,
          reason: 'rate_limit',
          code: 'model_rate_limited',
          status: 429,
          asked: 'qwen3-coder',
          said: 'Rate limit reached for requests. Try again in 4m12s',
          isTold: true,
          failures: 3,
          since: ago(90_000),
          until: ago(-250_000),
        },
      ],
    },
  ];
  stack: StackReport = {
    at: ago(2_000),
    api: { pid: 4120, startedAt: ago(26 * hour), memoryBytes: 148_000_000 },
    supervisor: {
      pid: 4101,
      startedAt: ago(26 * hour),
      processes: [
        { name: 'postgres', pid: 4108, startedAt: ago(26 * hour), memoryBytes: 96_000_000 },
        { name: 'temporal', pid: 4112, startedAt: ago(26 * hour), memoryBytes: 211_000_000 },
        { name: 'api', pid: 4120, startedAt: ago(26 * hour), memoryBytes: 148_000_000 },
        { name: 'worker-1', pid: 5240, startedAt: ago(3 * hour), memoryBytes: 302_000_000 },
        { name: 'scripts-1', pid: 4133, startedAt: ago(26 * hour), memoryBytes: 187_000_000 },
      ],
      restarts: [
        { process: 'worker-1', at: ago(3 * hour), how: 'SIGKILL', backAfterMs: 1_840 },
        { process: 'worker-1', at: ago(9 * hour), how: 'exit code 134', backAfterMs: 2_310 },
      ],
    },
    workers: [
      { id: 'worker-1@harbour', kind: 'agents', host: 'harbour', startedAt: ago(3 * hour), silentMs: 640, open: 4 },
      { id: 'scripts-1@harbour', kind: 'scripts', host: 'harbour', startedAt: ago(26 * hour), silentMs: 910, open: 1 },
    ],
    queues: [
      { name: 'agents', kind: 'workflow', pollers: 2, backlog: 0, oldestMs: null },
      { name: 'agents', kind: 'activity', pollers: 2, backlog: 14, oldestMs: 21_500 },
      { name: 'agents-scripts', kind: 'workflow', pollers: 1, backlog: 0, oldestMs: null },
      { name: 'agents-scripts', kind: 'activity', pollers: 1, backlog: 0, oldestMs: null },
    ],
    waiting: { messages: 2, runs: 1, subagents: 1 },
    eventLagMs: 12.4,
    database: { bytes: 412_000_000, connections: 14 },
    disks: [
      { of: 'Data of the stack', folder: '/home/ada/lantern/.everturn', free: 88e9, size: 240e9 },
      { of: 'Project', folder: '/home/ada/lantern', free: 88e9, size: 240e9 },
    ],
  };
  permissions: PermissionList = {
    rules: [
      {
        source: 'session',
        id: 'rule_1',
        place: 'for the session s1',
        rule: { decision: 'allow', tool: 'run_command', command: 'npm test *' },
        words: 'allow tool run_command, command npm test *',
        createdBy: 'owner',
        sessionId: 's1',
        workspace: null,
      },
      {
        source: 'project',
        id: null,
        place: 'everturn.yaml',
        rule: { decision: 'deny', tool: 'run_command', command: 'git push *' },
        words: 'deny tool run_command, command git push *',
        createdBy: null,
        sessionId: null,
        workspace: null,
      },
    ],
    roots: [
      { id: 'root_1', sessionId: 's1', path: '/home/ada/tide-tables', grantedBy: 'owner', grantedAt: ago(2 * hour) },
    ],
    faults: [],
  };
  notes: Note[] = [
    {
      id: 'style/prefers-tabs',
      place: 'project',
      topic: 'style',
      title: 'Lead times are in milliseconds here',
      tags: ['units', 'src'],
      created: ago(80 * hour),
      updated: ago(6 * hour),
      content: 'Every lead time in src/plan.ts is in milliseconds. One in seconds was a bug once.',
    },
    {
      id: 'people/harbour-master',
      place: 'personal',
      topic: 'people',
      title: 'Reports go to the harbour master before noon',
      tags: [],
      created: ago(300 * hour),
      updated: ago(200 * hour),
      content: 'Reports are read at noon. Short ones are read.',
    },
  ];
  tools: ToolList = {
    builtIn: [
      { name: 'read_file', description: 'reads a text file in windows of numbered lines' },
      { name: 'run_command', description: 'runs a program without a shell, within `limits.commandSeconds`' },
    ],
    sources: [
      {
        kind: 'mcp',
        name: 'tides',
        fault: null,
        at: ago(40_000),
        offers: {
          tools: [
            {
              name: 'tides__height',
              own: 'height',
              description: 'Height of the tide at a place and a time',
              schema: {},
              permission: 'read',
              effect: 'pure',
            },
          ],
          faults: [],
          resources: [],
          prompts: [],
          software: 'tide-server 2.1',
        },
      },
      {
        kind: 'mcp',
        name: 'chart-room',
        fault: 'Cannot start chart-room: the program "chartd" is not on PATH',
        at: ago(40_000),
        offers: { tools: [], faults: [], resources: [], prompts: [], software: null },
      },
      {
        kind: 'file',
        name: '.everturn/tools/count_lamps.js',
        fault: null,
        at: ago(40_000),
        offers: {
          tools: [
            {
              name: 'count_lamps',
              own: 'count_lamps',
              description: 'Counts the lamps of a buoy',
              schema: {},
              permission: 'read',
              effect: 'pure',
            },
          ],
          faults: [],
          resources: [],
          prompts: [],
          software: null,
        },
      },
    ],
  };
  agents: AgentSummary[] = [];
  /** Days back to tokens, so that a chart has something to show. */
  usage: readonly number[] = Array.from({ length: 30 }, (_, at) =>
    at % 7 === 5 ? 0 : 120_000 + ((at * 7919) % 11) * 61_000,
  );

  report(by: readonly UsageDimension[]): UsageReport {
    const row = (of: UsageRow['of'], tokens: number, title?: string): UsageRow => ({
      of,
      ...(title === undefined ? {} : { title }),
      requests: Math.ceil(tokens / 21_000),
      input: Math.round(tokens * 0.9),
      output: Math.round(tokens * 0.1),
      cacheRead: Math.round(tokens * 0.62),
      cacheWrite: 0,
      reasoning: Math.round(tokens * 0.03),
      cost: tokens * 2.1e-6,
      estimated: 0,
      unpriced: 0,
    });
    const all = this.usage.reduce((sum, one) => sum + one, 0);
    const names: Record<UsageDimension, (string | null)[]> = {
      day: [],
      model: ['sonnet-4.5', 'qwen3-coder'],
      key: ['main', 'spare'],
      agent: ['default', 'searcher', 'reviewer'],
      flow: ['research-report', 'deep-research', null],
      session: ['s1', 's2'],
      run: ['r1', 'r2', null],
      purpose: ['reply', 'compaction'],
    };
    const [first = 'day'] = by;
    const rows =
      first === 'day'
        ? this.usage.flatMap((tokens, at) =>
            tokens > 0 ? [row({ day: ago((this.usage.length - 1 - at) * 24 * hour).slice(0, 10) }, tokens)] : [],
          )
        : all === 0
          ? []
          : names[first].map((name, at, list) =>
              row(
                { [first]: name },
                Math.round((all * (list.length - at)) / ((list.length * (list.length + 1)) / 2)),
                first === 'session' ? `Session ${name}` : first === 'run' ? 'research-report' : undefined,
              ),
            );
    const { of: _, title: __, ...total } = row({}, all);
    return { rows, total, isCut: false };
  }
}
