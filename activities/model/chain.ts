import type { SystemBody } from '../../contracts/chunks.ts';
import { type ErrorCode, EverturnError, isErrorCode } from '../../contracts/errors.ts';
import type { StoredMark } from '../../store/keys.ts';
import type { ModelFailure, PreviousRequest, StepContext } from '../../store/requests.ts';
import { failureLimit } from '../failure.ts';
import type { ModelClient } from './client.ts';
import { returnsByItself } from './marks.ts';
import { noticesOf } from './notices.ts';

type Client = Pick<ModelClient, 'name' | 'key'>;

/** A model of the chain, as a step finds it. */
export type Member = {
  name: string;
  key: string;
  /** Why it is not asked now. */
  mark: StoredMark | null;
  /** Its failures in this step. */
  tries: number;
  /** Its newest failure in this turn. */
  failure: ModelFailure | null;
  state:
    | 'ready'
    /** Its key comes back by itself. */
    | 'resting'
    /** Not asked again in this turn. */
    | 'givenUp';
};

/** Where a step is in the chain. */
export type ChainPlace = {
  /** In the order of the chain. */
  members: [Member, ...Member[]];
  /** The model to ask now; null when none is ready. */
  model: string | null;
  /** Shown before the reply: which keys are paused and why, and which model answers instead. */
  notices: SystemBody[];
  /** Another model answers than the first of the chain. */
  isFallback: boolean;
};

/**
 * The model chain of a session: the one it was given, then those its definition lists, or all, as far as they are
 * configured. When none is, the one it was given, which asking will refuse.
 */
const chainOf = ({ model, definition }: Pick<StepContext, 'model' | 'definition'>, clients: readonly Client[]) => {
  const configured = clients.map(({ name }) => name);
  const listed = definition?.models ?? [];
  const wanted = [...new Set([model, ...(listed.length > 0 ? listed : configured)])];
  const [first = model, ...rest] = wanted.filter((name) => configured.includes(name));
  return [first, ...rest] as const;
};

/** The mark that keeps a model from being asked: of several, the one that lasts longest. */
const markOf = ({ name, key }: Client, marks: readonly StoredMark[]): StoredMark | null =>
  marks
    .filter(
      (mark) =>
        mark.leftMs > 0 &&
        mark.key === key.name &&
        mark.fingerprint === key.fingerprint &&
        (mark.model === null || mark.model === name),
    )
    .toSorted((a, b) => b.leftMs - a.leftMs)[0] ?? null;

/**
 * A key that does not come back by waiting is asked all the same where the chain has no other: that is how a session finds
 * out that its owner has mended it.
 */
const stateOf = (
  { mark, isGivenUp, isRefused }: { mark: StoredMark | null; isGivenUp: boolean; isRefused: boolean },
  isOnlyKey: boolean,
): Member['state'] => {
  if (isGivenUp) return 'givenUp';
  if (mark === null) return 'ready';
  if (returnsByItself(mark)) return 'resting';
  return isOnlyKey && !isRefused ? 'ready' : 'givenUp';
};

const memberOf = (
  client: Client,
  { failures, marks }: Pick<StepContext, 'failures' | 'marks'>,
  { step, isOnlyKey }: { step: number; isOnlyKey: boolean },
): Member => {
  const { name, key } = client;
  const own = failures.filter(({ model }) => model === name);
  // A request that was too long is not tried again: it is made shorter.
  const tries = own.filter((failure) => failure.step === step && !failure.overflow).length;
  const mark = markOf(client, marks);
  const isGivenUp = tries >= failureLimit || own.some((failure) => failure.givenUp && !failure.isMarked);
  const isRefused = own.some((failure) => failure.step === step && failure.isMarked);
  return {
    name,
    key: key.name,
    mark,
    tries,
    failure: own.at(-1) ?? null,
    state: stateOf({ mark, isGivenUp, isRefused }, isOnlyKey),
  };
};

/** What of a session says which model it asks. */
export type Known = Pick<StepContext, 'model' | 'definition' | 'failures' | 'marks'> & {
  previous: Pick<PreviousRequest, 'model' | 'turn' | 'isFallback'> | null;
};

type At = { turn: number; step: number };

/** The model that answered in this turn, which has the conversation in its cache; otherwise the first that is ready. */
const chosenOf = (members: readonly Member[], previous: Known['previous'], turn: number): Member | undefined => {
  const ready = members.filter(({ state }) => state === 'ready');
  return (previous?.turn === turn ? ready.find(({ name }) => name === previous.model) : undefined) ?? ready[0];
};

export const placeIn = (context: Known, clients: readonly Client[], { turn, step }: At): ChainPlace => {
  // An unknown one is refused when it is asked.
  const chain = chainOf(context, clients).map(
    (name) => clients.find((one) => one.name === name) ?? { name, key: { name: '', fingerprint: '' } },
  );
  const isOnlyKey = new Set(chain.map(({ key }) => key.name)).size === 1;
  const [first, ...rest] = chain.map((client) => memberOf(client, context, { step, isOnlyKey }));
  if (!first) throw new Error('A chain has at least one model');
  const members: ChainPlace['members'] = [first, ...rest];
  const chosen = chosenOf(members, context.previous, turn);
  const isFallback = chosen !== undefined && chosen !== first;
  const configured = clients.map(({ name }) => name);
  return {
    members,
    model: chosen?.name ?? null,
    isFallback,
    notices: chosen ? noticesOf({ members, chosen, step, previous: context.previous, configured }) : [],
  };
};

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

const reasonOf = ({ name, key, mark, failure }: Member): string => {
  const rests = mark ? `, marked until ${mark.until} ("everturn keys clear ${key}" asks it at once)` : '';
  return `"${name}" with the key "${key}": ${failure?.said ?? mark?.said ?? 'not asked'}${rests}`;
};

/** The error of the newest request that an attempt before this one made, as it was recorded. */
const recorded = (members: readonly Member[]): EverturnError | null => {
  const failures = members.flatMap(({ mark, failure }) => (mark === null && failure?.givenUp ? [failure] : []));
  const newest = failures.toSorted((a, b) => a.step - b.step).at(-1);
  return newest && isErrorCode(newest.code) ? new EverturnError(newest.code, newest.message) : null;
};

/**
 * Why no model of the chain can be asked, each in its own words. `error`: of the newest request, where this attempt made
 * one. An attempt that was killed between its last request and its answer leaves that to the next one, which sends no request: it
 * fails as the first would have.
 */
const chainError = (members: readonly Member[], error: EverturnError | null): EverturnError => {
  const [only] = members;
  const newest = error ?? recorded(members);
  if (members.length === 1 && newest) return newest;
  const known = members.length === 1 ? only?.mark?.code : null;
  const code: ErrorCode = newest?.code ?? (isErrorCode(known) ? known : 'model_keys_marked');
  const what =
    members.length === 1
      ? `Cannot ask the model "${only?.name}"`
      : `Cannot ask any of the models ${quoted(members.map(({ name }) => name))}`;
  return new EverturnError(code, `${what}. ${members.map(reasonOf).join('. ')}`);
};

export type Limits = { allKeysMarked: 'fail' | 'wait'; waitSeconds: number };

/** What to do when no model is ready: wait for the first key that comes back, or fail. */
export type Rest = { forMs: number; mark: StoredMark } | { error: EverturnError };

/** `restedMs`: what the step has waited already. `error`: of the request that failed last, where one was made. */
export const restOf = (
  { members }: Pick<ChainPlace, 'members'>,
  { allKeysMarked, waitSeconds }: Limits,
  restedMs: number,
  error: EverturnError | null,
): Rest => {
  const [first] = members
    .flatMap(({ state, mark }) => (state === 'resting' && mark ? [mark] : []))
    .toSorted((a, b) => a.leftMs - b.leftMs);
  const failure = chainError(members, error);
  if (!first || allKeysMarked === 'fail') return { error: failure };
  if (restedMs + first.leftMs <= waitSeconds * 1000) return { forMs: first.leftMs, mark: first };
  const message = `${failure.message}. The wait until then is longer than limits.waitSeconds (${waitSeconds}) in everturn.yaml`;
  return { error: new EverturnError(failure.code, message, { details: failure.details ?? {} }) };
};
