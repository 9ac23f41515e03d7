import type { Span } from '../../../contracts/api.ts';
import type { CutBlock } from './blocks.ts';

const isCut = ({ status }: Span): boolean => status === 'interrupted';
const ms = ({ startedAt, endedAt }: Span): number => Date.parse(endedAt) - Date.parse(startedAt);

/** Attempts whose worker was lost, as their spans tell after the turn. */
export const cutsOf = (spans: readonly Span[]): CutBlock[] =>
  spans.filter(isCut).map((span) => ({
    kind: 'cut',
    key: `cut/${span.step}/${span.call ?? 'model'}/${span.attempt}`,
    step: span.step,
    call: span.call,
    attempt: span.attempt,
    ms: ms(span),
    code: null,
    text: '',
  }));
