import type { PlacedChunk } from '../chunks.ts';
import { digest } from './digest.ts';
import { type Epoch, type EpochKind, isAfter, type Predicted, type StepPlace } from './epoch.ts';
import { rateOf, unitsOf } from './measure.ts';
import { summaryTokens } from './plan.ts';
import { stepsOf } from './steps.ts';

type Last = StepPlace & {
  units: number | null;
  window: number | null;
  /** US dollars for a million tokens: of those that a cache would have served, and of any. */
  price: number | null;
  rates: { input: number; output: number } | null;
  usage: { input: number } | null;
};

type Made = Pick<Epoch, 'failed' | 'isStamped' | 'made' | 'predicted'>;

type PreviewInput = { kind: EpochKind; sent: readonly PlacedChunk[]; last: Last | undefined; epochs: readonly Made[] };

/** A request whose length is known, and the step that answered it: what that said and what came later is not in it. */
const knownRequest = ({ last, epochs }: PreviewInput, rate: number): (StepPlace & { units: number }) | null => {
  const newest = epochs.findLast(({ failed }) => failed === null);
  if (newest && !newest.isStamped) return { ...newest.made, units: newest.predicted.after / rate };
  return last?.units ? { turn: last.turn, step: last.step, units: last.units } : null;
};

/** Of the request that writes a summary, beside the conversation. */
const instructions = 300;

/** What an epoch would cost that is made now, by the length of the last request and what came after it. */
export const preview = (input: PreviewInput): Predicted => {
  const { kind, sent, last } = input;
  const steps = stepsOf(sent);
  const [first] = steps.filter(({ saved }) => saved > 0);
  const conversation = steps.reduce((sum, { units }) => sum + units, 0);
  const rate = rateOf(last?.units && last.usage ? { units: last.units, tokens: last.usage.input } : null);
  const known = knownRequest(input, rate);
  const later = steps.reduce((sum, step) => sum + (known && !isAfter(known, step) ? step.units : 0), 0);
  const units = Math.max((known?.units ?? 0) + later, conversation);
  const tokens = (value: number): number => Math.round(Math.max(0, value) * rate);
  const saved = steps.reduce((sum, step) => sum + step.saved, 0);
  const summary = Math.min(summaryTokens(last?.window ?? 32_000) / rate, conversation);
  const after = kind === 'compact' ? units - conversation + summary : units - saved;
  // A prune leaves what is before the first result that it takes out.
  const from = first ? steps.indexOf(first) : steps.length;
  const kept = steps.slice(0, from).reduce((sum, step) => sum + step.units, 0) + units - conversation;
  const reread = tokens(kind === 'compact' ? summary : after - kept);
  const price = last?.price ?? null;
  const rates = last?.rates ?? null;
  const writing = { input: tokens(unitsOf(digest(sent)) + instructions), output: tokens(summary) };
  return {
    before: tokens(units),
    after: tokens(after),
    reread,
    cost: price === null ? null : (reread * price) / 1_000_000,
    ...(kind === 'compact'
      ? {
          writing: {
            ...writing,
            cost: rates && (writing.input * rates.input + writing.output * rates.output) / 1_000_000,
          },
        }
      : {}),
  };
};
