import type { RunNode } from '../../contracts/runs.ts';
import type { FakeRuns } from './fake-runs.ts';
import { ago, ended, used } from './run-scenes.ts';
import type { Declared, RunStream } from './run-stream.ts';

type DeclaredStep = Declared['steps'][number];

/** A part of a larger flow: a switch with two branches, a batch, a map, and what brings them together. */
const part = (at: number, before: string | null, size: number): DeclaredStep[] => {
  const id = (name: string): string => `${name}-${at}`;
  const needs = before === null ? [] : [before];
  const readers = Array.from(
    { length: Math.max(1, size - 7) },
    (_, reader): DeclaredStep => ({ id: id(`read-${reader + 1}`), needs: [id('plan')], batch: id('readers') }),
  );
  return [
    { id: id('plan'), needs },
    ...readers,
    { id: id('search'), kind: 'map', needs: [id('plan')] },
    {
      id: id('depth'),
      kind: 'switch',
      needs: [id('search'), id('readers')],
      cases: [{ label: 'thorough', when: "input.depth === 'thorough'", steps: [id('crosscheck')] }],
      default: [id('skim')],
    },
    { id: id('crosscheck'), needs: [id('depth')] },
    { id: id('skim'), kind: 'code', needs: [id('depth')] },
    { id: id('figures'), kind: 'code', needs: [id('crosscheck'), id('skim')], trigger: 'none_failed' },
    { id: id('write'), needs: [id('figures'), id('plan')] },
  ];
};

/** A flow of about so many steps, in parts side by side and one after another. */
export const largeFlow = (total: number, size = 12, abreast = 4): Declared => {
  const steps: DeclaredStep[] = [];
  const batches: NonNullable<Declared['batches']> = [];
  const last: (string | null)[] = Array.from({ length: abreast }, () => null);
  for (let at = 0; steps.length < total; at += 1) {
    const lane = at % abreast;
    const room = Math.min(size, Math.max(8, total - steps.length));
    steps.push(...part(at, last[lane] ?? null, room));
    batches.push({ name: `readers-${at}`, maxConcurrent: 4, join: 'all' });
    last[lane] = `write-${at}`;
  }
  return { steps, batches };
};

/** A large run in the middle: the first steps have ended, some run, one waits for a person, one has failed. */
export const largeScene = (fakeRuns: FakeRuns, total: number, share = 0.55): RunStream => {
  const declared = largeFlow(total);
  const run = fakeRuns.create({ createdAt: ago(2_400), name: `survey-${total}` }, declared);
  const done = Math.floor(declared.steps.length * share);
  declared.steps.slice(0, done).forEach(({ id, kind }, at) => {
    const times = ended(2_400 - at * 3, 2_340 - at * 3);
    if (id.startsWith('skim')) {
      run.node(id, 'excluded', { reason: 'The switch took case 1' });
      return;
    }
    const own: Partial<RunNode> = { ...times, usage: kind === undefined ? used(5_000 + at * 17, 640) : null };
    if (at % 41 === 17) {
      run.node(id, 'completed', { ...own, attempt: 2 });
      return;
    }
    run.node(id, 'completed', { ...own, ...(kind === 'switch' ? { chosen: 0 } : {}) });
  });
  const rest = declared.steps.slice(done);
  const isTaken = ({ id }: DeclaredStep): boolean => !id.startsWith('skim');
  rest
    .slice(0, 5)
    .filter(isTaken)
    .forEach(({ id }, at) => {
      run.node(id, 'running', { startedAt: ago(40 + at * 7), sessionId: `s${at}` });
    });
  const failing = rest[5];
  if (failing) {
    run.node(failing.id, 'failed', {
      ...ended(300, 120),
      attempt: 3,
      code: 'model_timeout',
      reason: 'The provider sent nothing for 60 s, three times',
    });
  }
  return run;
};
