import { EverturnError } from '../../contracts/errors.ts';
import { ItemQuery, Rerun, RunQuery, type RunRow } from '../../contracts/runs.ts';
import { briefOf } from '../../contracts/work.ts';
import type { FakeRuns } from './fake-runs.ts';
import type { FakeSessions } from './fake-sessions.ts';
import type { Route } from './route.ts';
import type { RunStream } from './run-stream.ts';
import { currentSources } from './script-files.ts';

const ok = (body: unknown, status = 200) => ({ status, body });

const rowOf = ({ view, input }: RunStream): RunRow => {
  const [asked] = view.questions;
  return {
    ...view.run,
    brief: briefOf(input),
    models: ['offline (built in)'],
    usage: view.usage.requests > 0 ? view.usage : null,
    waitingFor: asked ? { what: asked.step, approvers: asked.approvers, since: asked.askedAt } : null,
  };
};

/** The JSON routes of runs and flows over a {@link FakeRuns}. */
export const runRoutesOf = (fakeRuns: FakeRuns, fakeSessions: FakeSessions): Route[] => {
  const run = ([id = '']: string[]) => fakeRuns.run(id);
  const change = (verb: 'cancel' | 'pause' | 'resume'): Route => ({
    method: 'POST',
    path: new RegExp(`^/runs/([^/]+)/${verb}$`),
    answer: ({ params: [id = ''] }) => {
      const stream = fakeRuns.active(id, verb);
      if (verb === 'cancel') stream.settle('cancelled', 'run_cancelled', 'Cancelled by console');
      else stream.append({ type: 'run.paused', paused: verb === 'pause' });
      return ok(stream.view.run, 202);
    },
  });
  return [
    { method: 'GET', path: /^\/flows$/, answer: () => ok(fakeRuns.flows) },
    { method: 'GET', path: /^\/scripts$/, answer: () => ok(fakeRuns.scripts) },
    {
      method: 'GET',
      path: /^\/runs\/([^/]+)\/definition$/,
      answer: ({ params }) => {
        const { source, input, view } = run(params);
        const { name, file, origin } = view.run;
        return ok({ source, file, origin, input, current: currentSources[name] ?? null });
      },
    },
    {
      method: 'GET',
      path: /^\/runs\/([^/]+)\/output$/,
      answer: ({ params }) => ok({ output: run(params).output }),
    },
    {
      method: 'POST',
      path: /^\/runs$/,
      answer: ({ body, key }) =>
        ok(
          fakeSessions.once(key, () => fakeRuns.start(body)),
          201,
        ),
    },
    {
      method: 'GET',
      path: /^\/runs$/,
      answer: ({ query }) => {
        const { cursor = '0', status, limit, q = '', kind, trigger, flow, model } = RunQuery.parse(query);
        const found = [...fakeRuns.runs.values()]
          .map(rowOf)
          .filter(
            (one) =>
              status === undefined ||
              one.status === status ||
              (one.status === 'running' &&
                (status === 'waiting' || status === 'paused' || status === 'queued') &&
                one[status]),
          )
          .filter(
            (one) =>
              (kind ?? one.kind) === one.kind &&
              (trigger ?? one.trigger) === one.trigger &&
              (flow ?? one.name) === one.name &&
              (model === undefined || one.models?.includes(model) === true) &&
              one.name.includes(q),
          )
          .toReversed();
        const end = Number(cursor) + limit;
        return ok({ runs: found.slice(Number(cursor), end), nextCursor: end < found.length ? String(end) : null });
      },
    },
    { method: 'GET', path: /^\/runs\/([^/]+)$/, answer: ({ params }) => ok(run(params).detail()) },
    {
      method: 'GET',
      path: /^\/runs\/([^/]+)\/steps\/([^/]+)(?:\/items\/(\d+))?$/,
      answer: ({ params: [id = '', step = '', index] }) => {
        const stream = fakeRuns.run(id);
        const node = index === undefined ? stream.view.nodes[step] : stream.items.get(step)?.[Number(index)];
        if (!node) throw new EverturnError('step_not_found', `Cannot read step ${step}: run ${id} has none`);
        const asked = stream.asked.get(step) ?? null;
        const item = index === undefined ? asked : { place: Number(index) };
        const prompt = node.kind === 'agent' && node.ordinal === null ? `Do what the step ${step} says.` : null;
        return ok({ node, output: stream.outputs.get(node.key) ?? null, item, prompt });
      },
    },
    {
      method: 'GET',
      path: /^\/runs\/([^/]+)\/steps\/([^/]+)\/items$/,
      answer: ({ params, query }) => {
        const { from, limit, status } = ItemQuery.parse(query);
        const all = (run(params).items.get(params[1] ?? '') ?? []).filter(
          (item) => (item.index ?? 0) >= from && (status === undefined || item.status === status),
        );
        return ok({ items: all.slice(0, limit), nextIndex: all[limit]?.index ?? null });
      },
    },
    {
      method: 'GET',
      path: /^\/runs\/([^/]+)\/artifacts\/([^/]+)$/,
      answer: ({ params }) => ({ status: 200, text: run(params).artifacts.get(params[1] ?? '') ?? '' }),
    },
    change('cancel'),
    change('pause'),
    change('resume'),
    {
      method: 'POST',
      path: /^\/runs\/([^/]+)\/rerun$/,
      answer: ({ params: [id = ''], body, key }) =>
        ok(
          fakeSessions.once(key, () => fakeRuns.rerun(id, Rerun.parse(body))),
          201,
        ),
    },
  ];
};
