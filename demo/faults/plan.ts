import { z } from 'zod';
import { createRandom } from '../support/random.ts';

export const victims = [
  'worker-1',
  'worker-2',
  'scripts-1',
  'api',
  'api-2',
  'supervisor',
  'postgres',
  'temporal',
] as const;
/** `asker`: the process whose statement or request has reached the named point. */
const targets = [...victims, 'asker'] as const;
const links = ['postgres', 'temporal', 'provider'] as const;
export const actors = ['talk', 'command', 'family', 'flow', 'script', 'cancel'] as const;
export type ActorName = (typeof actors)[number];

/**
 * Statements by which the work of an agent, a run or a person takes effect: each begins or ends something. With the
 * actors that make them, and how often at least.
 */
const statementsOf: Record<ActorName, Partial<Record<Statement, number>>> = {
  talk: { accept_message: 4, begin_operation: 4, append_deltas: 3, seal_operation: 4 },
  command: { accept_message: 1, begin_operation: 3, append_deltas: 2, seal_operation: 3, answer_approval: 2 },
  family: {
    accept_message: 1,
    begin_operation: 8,
    append_deltas: 5,
    seal_operation: 8,
    take_turn: 2,
    spawn_subagent: 2,
    start_subagent: 2,
    settle_subagent: 2,
  },
  flow: {
    begin_operation: 7,
    append_deltas: 4,
    seal_operation: 7,
    take_turn: 4,
    put_node: 8,
    put_items: 1,
    ask_question: 1,
    answer_question: 1,
    settle_run: 1,
  },
  script: {
    begin_operation: 7,
    append_deltas: 4,
    seal_operation: 7,
    take_turn: 4,
    put_node: 4,
    put_calls: 2,
    ask_question: 1,
    answer_question: 1,
    settle_run: 1,
  },
  cancel: { accept_message: 1, begin_operation: 1, append_deltas: 1, cancel_turn: 1, settle_turn: 1 },
};
/** Requests to the provider, at least. */
const requestsOf: Record<ActorName, number> = { talk: 4, command: 2, family: 7, flow: 7, script: 7, cancel: 1 };
const statements = [
  'accept_message',
  'begin_operation',
  'append_deltas',
  'seal_operation',
  'fail_operation',
  'take_turn',
  'settle_turn',
  'cancel_turn',
  'spawn_subagent',
  'start_subagent',
  'settle_subagent',
  'put_node',
  'put_items',
  'put_calls',
  'ask_question',
  'answer_question',
  'answer_approval',
  'settle_run',
] as const;
type Statement = (typeof statements)[number];

const When = z.union([
  /** So long after the start of the workload. */
  z.strictObject({ afterMs: z.int().min(0) }),
  /** At the nth call of this function, before Postgres gets it or after it has committed it. */
  z.strictObject({ statement: z.enum(statements), side: z.enum(['before', 'after']), nth: z.int().min(1) }),
  /** At the nth request to the provider, when so many pieces of the reply are sent; 0: before any. */
  z.strictObject({ request: z.int().min(1), pieces: z.int().min(0) }),
]);
export type When = z.infer<typeof When>;

const ms = z.int().min(1).max(60_000);
const Fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('kill'), target: z.enum(targets), when: When }),
  z.strictObject({ kind: z.literal('stop'), target: z.enum(targets), ms, when: When }),
  /** The worker stands still in the middle of an attempt until another one has it, and then goes on. */
  z.strictObject({ kind: z.literal('twin'), target: z.literal('asker'), ms, when: When }),
  z.strictObject({ kind: z.enum(['cut', 'held']), link: z.enum(links), ms, when: When }),
  z.strictObject({ kind: z.literal('slow'), link: z.enum(links), ms, delayMs: ms, when: When }),
  z.strictObject({ kind: z.literal('full'), ms, when: When }),
  /** What the provider does to one request. */
  z.strictObject({ kind: z.literal('provider'), how: z.enum(['500', '429', 'cut', 'stall', 'garbage']), when: When }),
]);
export type Fault = z.infer<typeof Fault>;

export const Plan = z.strictObject({
  seed: z.int().min(0),
  actors: z.array(z.enum(actors)).min(1),
  faults: z.array(Fault),
});
export type Plan = z.infer<typeof Plan>;

/** How often each kind is chosen, against the others. */
const weights = {
  kill: 10,
  stop: 3,
  twin: 1,
  cut: 4,
  held: 2,
  slow: 2,
  full: 2,
  provider: 4,
} satisfies Record<Fault['kind'], number>;
const kinds = Object.keys(weights) as Fault['kind'][];

/** The moments in which the workload is under way, and all of it. */
const spanMs = 3000;
/** Beyond the time after which a silent worker counts as dead. */
const twinMs = 8000;

/** The same plan for the same seed. */
export const planOf = (seed: number): Plan => {
  const random = createRandom(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const pick = <Value>(values: readonly [Value, ...Value[]]): Value => values[below(values.length)] ?? values[0];

  const weighted = (): Fault['kind'] => {
    let place = random() * Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    return (
      kinds.find((kind) => {
        place -= weights[kind];
        return place < 0;
      }) ?? 'kill'
    );
  };
  const drawn = actors.filter(() => random() < 0.5);
  const chosen: ActorName[] = drawn.length > 0 ? drawn : [pick(actors)];
  const requests = chosen.reduce((sum, actor) => sum + requestsOf[actor], 0);
  const atRequest = (): When => ({ request: 1 + below(requests), pieces: below(5) });
  const atStatement = (): When => {
    const [statement, most] = pick(Object.entries(statementsOf[pick(chosen as [ActorName])]) as [[Statement, number]]);
    return { statement, side: pick(['before', 'after']), nth: 1 + below(most) };
  };
  const anyTime = (): When => {
    const where = random();
    if (where < 0.45) return atStatement();
    if (where < 0.65) return atRequest();
    return { afterMs: below(spanMs) };
  };
  const victimAt = (when: When): (typeof targets)[number] =>
    !('afterMs' in when) && random() < 0.6 ? 'asker' : pick(victims);

  const fault = (): Fault => {
    const kind = weighted();
    const when = anyTime();
    if (kind === 'kill') return { kind, target: victimAt(when), when };
    if (kind === 'stop') return { kind, target: victimAt(when), ms: 300 + below(2500), when };
    if (kind === 'twin') return { kind, target: 'asker', ms: twinMs, when: atRequest() };
    if (kind === 'cut' || kind === 'held') return { kind, link: pick(links), ms: 200 + below(2500), when };
    if (kind === 'slow') return { kind, link: pick(links), ms: 1000 + below(2000), delayMs: 20 + below(150), when };
    if (kind === 'full') return { kind, ms: 500 + below(2000), when };
    return { kind, how: pick(['500', '429', 'cut', 'stall', 'garbage']), when: atRequest() };
  };

  return {
    seed,
    actors: chosen,
    faults: Array.from({ length: 1 + below(3) }, fault),
  };
};

const timeOf = (when: When): string => {
  if ('afterMs' in when) return `after ${when.afterMs} ms`;
  if ('statement' in when) return `${when.side} ${when.statement} ${when.nth}`;
  return `at request ${when.request}, piece ${when.pieces}`;
};

export const describeFault = (fault: Fault): string => {
  const what =
    'target' in fault ? ` ${fault.target}` : 'link' in fault ? ` ${fault.link}` : 'how' in fault ? ` ${fault.how}` : '';
  return `${fault.kind}${what} ${timeOf(fault.when)}`;
};
