import { Config } from '../../contracts/config.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { ChangeNote, type Note } from '../../contracts/memory.ts';
import { environmentOf, settingsOf } from '../../contracts/resolve-settings.ts';
import { UsageDimension as Dimension, UsageQuery, usageCsv } from '../../contracts/usage-report.ts';
import type { WorkCounts } from '../../contracts/work.ts';
import type { FakeOperations } from './fake-operations.ts';
import type { FakeRuns } from './fake-runs.ts';
import type { FakeSessions } from './fake-sessions.ts';
import type { Route } from './route.ts';

const ok = (body: unknown) => ({ status: 200, body });
const given = {
  keys: {
    main: { baseUrl: 'https://api.anthropic.example/v1', apiKeyEnv: 'MAIN_API_KEY' },
    spare: { baseUrl: 'https://ada:hunter2@llm.harbour.example/v1?key=abc' },
  },
  models: [
    { key: 'main', model: 'sonnet-4.5', headers: { 'x-team': 'harbour-secret' } },
    { key: 'spare', model: 'qwen3-coder' },
  ],
  limits: { sessionDollars: 5, runTokens: 2_000_000, scriptRuns: 4 },
  permissions: [{ decision: 'deny', tool: 'run_command', command: 'git push *' }],
};

const countsOf = (fakeSessions: FakeSessions, fakeRuns: FakeRuns): WorkCounts => {
  const sessions = [...fakeSessions.entries.values()].map(({ stream, agent }) => ({
    ...stream.session,
    waits: agent.waiting.size > 0,
  }));
  const runs = [...fakeRuns.runs.values()].map(({ view }) => view.run);
  return {
    sessions: {
      running: sessions.filter(({ status, waits }) => status === 'running' && !waits).length,
      waiting: sessions.filter(({ waits }) => waits).length,
      failed: sessions.filter(({ lastTurn, status }) => lastTurn === 'failed' && status === 'idle').length,
    },
    runs: {
      running: runs.filter(({ status }) => status === 'running').length,
      waiting: runs.filter(({ status, waiting }) => status === 'running' && waiting).length,
      queued: runs.filter(({ status, queued }) => status === 'running' && queued).length,
      failed: runs.filter(({ status }) => status === 'failed').length,
    },
  };
};

/** The routes of the operator's pages over a {@link FakeOperations}. */
export const operateRoutesOf = (
  operations: FakeOperations,
  fakeSessions: FakeSessions,
  fakeRuns: FakeRuns,
): Route[] => {
  const schedule = (verb: 'pause' | 'resume' | 'trigger'): Route => ({
    method: 'POST',
    path: new RegExp(`^/schedules/([^/]+)/${verb}$`),
    answer: ({ params: [flow = ''] }) => {
      const found = operations.schedules.find((one) => one.flow === flow);
      if (!found)
        throw new EverturnError('schedule_not_found', `Cannot ${verb} the schedule of ${flow}: there is none`);
      if (verb !== 'trigger') found.paused = verb === 'pause';
      return ok(found);
    },
  });
  const note = ([place = '', topic = '', name = '']: string[]): Note => {
    const found = operations.notes.find((one) => one.place === place && one.id === `${topic}/${name}`);
    if (!found) throw new EverturnError('note_not_found', `Cannot find the ${place} note ${topic}/${name}`);
    return found;
  };
  return [
    { method: 'GET', path: /^\/counts$/, answer: () => ok(countsOf(fakeSessions, fakeRuns)) },
    { method: 'GET', path: /^\/stack$/, answer: () => ok({ ...operations.stack, at: new Date().toISOString() }) },
    { method: 'GET', path: /^\/keys$/, answer: () => ok({ keys: operations.keys }) },
    {
      method: 'DELETE',
      path: /^\/keys\/([^/]+)\/marks$/,
      answer: ({ params: [name = ''] }) => {
        operations.keys = operations.keys.map((key) => (key.name === name ? { ...key, marks: [] } : key));
        return ok(operations.keys.find((key) => key.name === name));
      },
    },
    { method: 'GET', path: /^\/schedules$/, answer: () => ok({ schedules: operations.schedules }) },
    schedule('pause'),
    schedule('resume'),
    schedule('trigger'),
    {
      method: 'GET',
      path: /^\/settings$/,
      answer: () =>
        ok({
          file: '/home/ada/lantern/everturn.yaml',
          isIgnored: false,
          settings: settingsOf(Config.parse(given), given),
          environment: environmentOf(['DATABASE_URL', 'EVERTURN_API_PORT', 'EVERTURN_LOG_LEVEL', 'EVERTURN_TOKEN'], {
            source: {
              DATABASE_URL: 'postgres://everturn:hunter2@127.0.0.1:5532/everturn',
              EVERTURN_TOKEN: 'development-token',
              EVERTURN_API_PORT: '4100',
            },
            parsed: { EVERTURN_LOG_LEVEL: 'info' },
            secrets: new Set(['DATABASE_URL', 'EVERTURN_TOKEN']),
          }),
        }),
    },
    { method: 'GET', path: /^\/config$/, answer: () => ok({ fault: null, needsRestart: [], changes: [] }) },
    { method: 'GET', path: /^\/permissions$/, answer: () => ok(operations.permissions) },
    {
      method: 'DELETE',
      path: /^\/permissions\/([^/]+)$/,
      answer: ({ params: [id = ''] }) => {
        const { rules, roots, faults } = operations.permissions;
        operations.permissions = {
          rules: rules.filter((rule) => rule.id !== id),
          roots: roots.filter((root) => root.id !== id),
          faults,
        };
        return { status: 204 };
      },
    },
    { method: 'GET', path: /^\/tools$/, answer: () => ok(operations.tools) },
    {
      method: 'GET',
      path: /^\/skills$/,
      answer: () =>
        ok({
          skills: [
            {
              name: 'tide-tables',
              description: 'Reads tide tables of any harbour and tells springs from neaps',
              origin: 'project',
              folder: '/home/ada/lantern/.everturn/skills/tide-tables',
              problem: null,
            },
            {
              name: 'charts',
              description: '',
              origin: 'personal',
              folder: '/home/ada/.everturn/skills/charts',
              problem: 'its front matter has no description',
            },
          ],
        }),
    },
    {
      method: 'GET',
      path: /^\/memory$/,
      answer: () =>
        ok({
          notes: operations.notes,
          folders: {
            project: '/home/ada/.local/share/everturn/memory/lantern-1a2b',
            personal: '/home/ada/.everturn/memory',
          },
        }),
    },
    {
      method: 'PATCH',
      path: /^\/memory\/([^/]+)\/([^/]+)\/([^/]+)$/,
      answer: ({ params, body }) =>
        ok(Object.assign(note(params), ChangeNote.parse(body), { updated: new Date().toISOString() })),
    },
    {
      method: 'DELETE',
      path: /^\/memory\/([^/]+)\/([^/]+)\/([^/]+)$/,
      answer: ({ params }) => {
        const gone = note(params);
        operations.notes = operations.notes.filter((one) => one !== gone);
        return { status: 204 };
      },
    },
    { method: 'GET', path: /^\/agents$/, answer: () => ok({ agents: operations.agents }) },
    {
      method: 'GET',
      path: /^\/usage$/,
      answer: ({ query }) => {
        const { by, format } = UsageQuery.parse(query);
        const dimensions = by.split(',').map((name) => Dimension.parse(name));
        const report = operations.report(dimensions);
        return format === 'csv' ? { status: 200, text: usageCsv(dimensions, report) } : ok(report);
      },
    },
  ];
};
