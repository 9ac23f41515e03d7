import type { PlacedChunk } from '../chunks.ts';
import { type Epoch, isAfter, type StepPlace } from './epoch.ts';
import { type ContextSettings, roomOf } from './settings.ts';
import { type StepLength, stepsOf } from './steps.ts';

export type PlanInput = {
  /** What would be sent. */
  sent: readonly PlacedChunk[];
  /** Of the whole request, and how many tokens one is. */
  units: number;
  rate: number;
  /** Tokens that the model takes; null if unknown. */
  window: number | null;
  settings: ContextSettings;
  /** Tokens that the request asks for as the most of a reply; 0: it says none. */
  reply: number;
  /** The step whose request it is. */
  at: StepPlace;
  epochs: readonly Pick<Epoch, 'kind' | 'turn' | 'step' | 'failed' | 'made' | 'predicted'>[];
  /** Units of the shortest request of this step that the provider refused as too long. */
  refused: number | null;
};

type Change = StepPlace & { units: number; reason: 'mark' | 'window' | 'overflow' };
export type Plan =
  | { kind: 'none' }
  | ({ kind: 'prune' | 'compact' } & Change)
  /** Nothing that may be done makes it fit. */
  | { kind: 'stuck'; room: number };

/** What a summary is taken to be, in tokens, before it is written. */
export const summaryTokens = (window: number): number => Math.min(4000, Math.floor(window / 8));

/** Compactions in a row that failed, after which none is made at a mark. */
const maxFailures = 3;
/** A request shrinks by so much at least, or it is not worth reading it again. */
const worth = 0.9;

/** An estimate is never wrong by so much. */
const farBeyond = 1.5;

const sum = (steps: readonly StepLength[], name: 'units' | 'saved'): number =>
  steps.reduce((total, step) => total + step[name], 0);

/** How many of the last steps stay as they are: those that fit into so many units, and the last in any case. */
const recentOf = (steps: readonly StepLength[], most: number): number => {
  let units = 0;
  const first = steps.findLastIndex((step) => {
    units += step.units;
    return units > most;
  });
  return Math.max(1, steps.length - 1 - first);
};

const prune = (steps: readonly StepLength[], units: number, goal: number): (StepPlace & { units: number }) | null => {
  let left = units;
  let last: StepLength | undefined;
  for (const step of steps) {
    if (left <= goal) break;
    if (step.saved === 0) continue;
    left -= step.saved;
    last = step;
  }
  return last ? { turn: last.turn, step: last.step, units: left } : null;
};

const compact = (
  steps: readonly StepLength[],
  units: number,
  summary: number,
): (StepPlace & { units: number }) | null => {
  const last = steps.at(-1);
  return last ? { turn: last.turn, step: last.step, units: units - sum(steps, 'units') + summary } : null;
};

/** How long a compaction is put off after some that failed, as a share of the request they failed at. */
const isPutOff = (epochs: PlanInput['epochs'], tokens: number): boolean => {
  const since = epochs.findLastIndex(({ kind, failed }) => kind === 'compact' && failed === null) + 1;
  const failures = epochs.slice(since).filter(({ kind, failed }) => kind === 'compact' && failed !== null);
  const last = failures.at(-1);
  return failures.length >= maxFailures || (last !== undefined && tokens < last.predicted.before * 1.1);
};

const windowOf = ({ window, refused, rate }: PlanInput): number | null => {
  if (refused === null) return window;
  const below = Math.floor(refused * rate * 0.95);
  return window === null ? below : Math.min(window, Math.max(below, 1));
};

/** What to do with the context before a request is sent. Pure: a request that is tried again is planned as it was. */
export const planContext = (input: PlanInput): Plan => {
  const { sent, units, rate, settings, at, epochs, refused } = input;
  const window = windowOf(input);
  if (window === null) return { kind: 'none' };
  const tokens = units * rate;
  const room = roomOf(window, settings, input.reply);
  const isRefused = refused !== null && units >= refused;
  const mustShrink = isRefused || tokens > room;
  if (!mustShrink && (settings.marks === 'off' || tokens <= window * settings.highMark)) return { kind: 'none' };
  const reason = isRefused ? 'overflow' : mustShrink ? 'window' : 'mark';
  const inUnits = (share: number): number => (share * window) / rate;
  const [low, high] = [inUnits(settings.lowMark), inUnits(settings.highMark)];
  const fits = mustShrink ? Math.min(room / rate, isRefused ? refused * 0.95 : Number.POSITIVE_INFINITY) : high;

  const steps = stepsOf(sent);
  const recent = recentOf(steps, inUnits(settings.keepRecent));
  const old = steps.slice(0, -recent);
  const pruned = prune(old, units, low);
  if (pruned && pruned.units <= Math.min((low + high) / 2, fits)) return { kind: 'prune', ...pruned, reason };

  const hasFailed = epochs.some(
    ({ kind, failed, made }) => kind === 'compact' && failed !== null && !isAfter(made, at) && !isAfter(at, made),
  );
  const summary = summaryTokens(window) / rate;
  if (!hasFailed && !(reason === 'mark' && isPutOff(epochs, tokens))) {
    const compacted = compact(old, units, summary);
    const harder = mustShrink ? compact(steps.slice(0, -1), units, summary) : null;
    const chosen = [compacted, harder].find((one) => one && one.units <= Math.min(fits, units * worth));
    if (chosen) return { kind: 'compact', ...chosen, reason };
  }
  if (!mustShrink)
    return pruned && pruned.units <= units * worth ? { kind: 'prune', ...pruned, reason } : { kind: 'none' };
  // What the model has not seen yet goes last: it gets the length, and can ask for a part.
  const harder = prune(steps.slice(0, -1), units, fits) ?? null;
  if (harder && harder.units <= fits) return { kind: 'prune', ...harder, reason };
  const hardest = prune(steps, units, fits);
  if (hardest && hardest.units <= fits) return { kind: 'prune', ...hardest, reason };
  // Several together may do what none does by itself.
  const best = hasFailed ? null : compact(steps.slice(0, -1), units, summary);
  if (best && best.units <= units * worth) return { kind: 'compact', ...best, reason };
  if (hardest && hardest.units <= units * worth) return { kind: 'prune', ...hardest, reason };
  // Only a provider knows for certain what fits: it is asked where the estimate does not rule it out.
  return isRefused || tokens > window * farBeyond ? { kind: 'stuck', room } : { kind: 'none' };
};
