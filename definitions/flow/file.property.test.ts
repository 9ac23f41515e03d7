import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseFlow } from './file.ts';

const known = { agents: ['default'], flows: [], scripts: [], models: null, modelsOf: () => [], callsOf: () => [] };
const faultsOf = (flow: object) => parseFlow(stringify(flow), 'f').faultsWith(known, 'demo', null);

const kinds = {
  agent: (read: string) => ({ kind: 'agent', prompt: `Say \${${read}}` }),
  code: (read: string) => ({ kind: 'code', code: `return ${read}` }),
  approval: (read: string) => ({ kind: 'approval', prompt: `\${${read}}?` }),
  map: (read: string) => ({ kind: 'map', items: read, code: 'return [item, index]' }),
  switch: (read: string) => ({ kind: 'switch', cases: [{ when: read }, { when: 'true' }] }),
};

type Plan = { kind: keyof typeof kinds; needs: number[]; branch: number; trigger: string; batch: boolean };

const plan: fc.Arbitrary<Plan> = fc.record({
  kind: fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[])),
  needs: fc.array(fc.nat(1000), { maxLength: 4 }),
  branch: fc.nat(1000),
  trigger: fc.constantFrom('none_failed', 'all_done', 'always'),
  batch: fc.boolean(),
});

type Built = { id: string; kind: string; needs: string[]; cases?: { when: string; steps?: string[] }[] } & Record<
  string,
  unknown
>;

/** A step needs only earlier ones, and is listed only by earlier switches, so there is no cycle. */
const build = (plans: Plan[]): { name: string; steps: Built[]; batches: object } => {
  const steps: Built[] = [];
  const groups = new Set<string>();
  for (const [index, { kind, needs, branch, trigger, batch }] of plans.entries()) {
    const earlier = steps.map(({ id }) => id);
    const needed = earlier.length === 0 ? [] : [...new Set(needs.map((n) => earlier[n % earlier.length] ?? ''))];
    const read = needed[0] ? `results['${needed[0]}'].output` : 'input.x';
    const step: Built = { id: `s-${index}`, needs: needed, trigger, ...kinds[kind](read) };
    if (batch && (kind === 'agent' || kind === 'code')) {
      groups.add('g');
      step.batch = 'g';
    }
    const switches = steps.filter((one) => one.kind === 'switch');
    const item = switches[branch % (switches.length + 1)]?.cases?.[branch % 2];
    if (item) item.steps = [...(item.steps ?? []), step.id];
    steps.push(step);
  }
  for (const { cases } of steps) for (const item of cases ?? []) item.steps ??= [];
  // A case needs a step: a last one that all of the empty ones share.
  const last: Built = { id: 'last', kind: 'code', code: 'return 1', needs: [] };
  for (const { cases } of steps) for (const item of cases ?? []) if (item.steps?.length === 0) item.steps = ['last'];
  return { name: 'demo', batches: Object.fromEntries([...groups].map((name) => [name, {}])), steps: [...steps, last] };
};

const valid = fc.array(plan, { minLength: 1, maxLength: 25 }).map(build);

test('a valid flow has no faults', () => {
  fc.assert(
    fc.property(valid, (flow) => {
      expect(faultsOf(flow)).toEqual([]);
    }),
  );
});

test('a valid flow with one arrow against the order has exactly one cycle', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 30 }), fc.nat(), fc.nat(), (length, a, b) => {
      const steps = Array.from({ length }, (_, index) => ({
        id: `s${index}`,
        kind: 'code',
        code: 'return 1',
        needs: index === 0 ? [] : [`s${index - 1}`],
      }));
      const to = a % (length - 1);
      const from = to + 1 + (b % (length - 1 - to));
      steps[to]?.needs.push(`s${from}`);
      const faults = faultsOf({ name: 'demo', steps });
      expect(faults.map(({ message }) => message)).toEqual([expect.stringMatching(/^cycle: /)]);
      expect(faults[0]?.message.split(' -> ')).toHaveLength(from - to + 2);
    }),
  );
});

test('5,000 steps in a chain', () => {
  const steps = Array.from({ length: 5000 }, (_, index) => ({
    id: `s${index}`,
    kind: 'code',
    code: 'return results.s0',
    needs: index === 0 ? [] : [`s${index - 1}`],
  }));
  expect(
    faultsOf({ name: 'demo', steps: steps.with(0, { id: 's0', kind: 'code', code: 'return 1', needs: [] }) }),
  ).toEqual([]);
});
