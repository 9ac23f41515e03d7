import type { Flow } from './flow.ts';
import type { RunView } from './runs.ts';

/** What a graph is drawn from. Pure. */
export const declare = (flow: Flow): Pick<RunView, 'steps' | 'batches'> => ({
  steps: flow.steps.map((step) => ({
    id: step.id,
    kind: step.kind,
    needs: step.needs,
    trigger: step.trigger,
    batch: 'batch' in step ? (step.batch ?? null) : null,
    description: step.description ?? '',
    cases: step.kind === 'switch' ? step.cases.map(({ label = null, when, steps }) => ({ label, when, steps })) : [],
    default: step.kind === 'switch' ? (step.default ?? []) : [],
  })),
  batches: Object.entries(flow.batches).map(([name, { maxConcurrent, join }]) => ({ name, maxConcurrent, join })),
});
