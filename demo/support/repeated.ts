import type { Span } from '../../contracts/api.ts';
import type { RecordedRequest } from '../../test/support/scripted-model.ts';

/** Requests of a turn that began after the very same request had been answered and sealed. */
export const countRepeated = (
  requests: readonly Pick<RecordedRequest, 'raw' | 'startedAt'>[],
  spans: readonly Span[],
): number => {
  const steps = [...new Set(requests.map(({ raw }) => raw))];
  const sealedAt = new Map(
    spans.flatMap(({ kind, status, step, endedAt }) =>
      kind === 'model' && status === 'ok' ? [[step, Date.parse(endedAt)] as const] : [],
    ),
  );
  return requests.filter(
    ({ raw, startedAt }) => startedAt > (sealedAt.get(steps.indexOf(raw) + 1) ?? Number.POSITIVE_INFINITY),
  ).length;
};
