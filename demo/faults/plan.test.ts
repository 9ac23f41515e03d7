import { expect, test } from 'vitest';
import { Plan, planOf } from './plan.ts';

const plans = Array.from({ length: 200 }, (_, seed) => planOf(seed + 1));

test('the same seed gives the same plan, and a plan can be read again from its file', () => {
  for (const plan of plans) {
    expect(planOf(plan.seed)).toEqual(plan);
    expect(Plan.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  }
  expect(new Set(plans.map(({ faults }) => JSON.stringify(faults))).size).toBeGreaterThan(190);
});

test('200 seeds hold every kind of fault, every process, every link and every kind of moment', () => {
  const faults = plans.flatMap((plan) => plan.faults);
  const values = (of: (fault: (typeof faults)[number]) => string | undefined): string[] =>
    [...new Set(faults.flatMap((fault) => of(fault) ?? []))].sort();
  expect(values(({ kind }) => kind)).toEqual(['cut', 'full', 'held', 'kill', 'provider', 'slow', 'stop', 'twin']);
  expect(values((fault) => (fault.kind === 'kill' ? fault.target : undefined))).toEqual([
    'api',
    'api-2',
    'asker',
    'postgres',
    'scripts-1',
    'supervisor',
    'temporal',
    'worker-1',
    'worker-2',
  ]);
  expect(values((fault) => ('link' in fault ? fault.link : undefined))).toEqual(['postgres', 'provider', 'temporal']);
  expect(values((fault) => ('how' in fault ? fault.how : undefined))).toEqual([
    '429',
    '500',
    'cut',
    'garbage',
    'stall',
  ]);
  expect(values(({ when }) => Object.keys(when).sort().join())).toEqual([
    'afterMs',
    'nth,side,statement',
    'pieces,request',
  ]);
});
