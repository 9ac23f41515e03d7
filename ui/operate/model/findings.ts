import type { Health } from '../../../contracts/api.ts';
import type { EverturnError } from '../../../contracts/errors.ts';
import { type Key, reasonWords } from '../../../contracts/keys.ts';
import type { StackReport } from '../../../contracts/stack.ts';

/** Something that is wrong, in one sentence that says what to do where somebody can. `isBad`: work stands still. */
export type Finding = { isBad: boolean; words: string };

type Known = {
  health: Health | null;
  unhealthy: EverturnError | null;
  stack: StackReport | null;
  keys: readonly Key[];
};

const silentMs = 5_000;
const slowMs = 10_000;
const lagMs = 1_000;
const leastFree = 0.05;

const bad = (words: string): Finding => ({ isBad: true, words });
const warn = (words: string): Finding => ({ isBad: false, words });

const ofHealth = ({ health, unhealthy }: Known): Finding[] => [
  ...(unhealthy ? [bad(unhealthy.message)] : []),
  ...(health?.postgres === false
    ? [bad('Postgres does not answer. Nothing can be read or written until it does.')]
    : []),
  ...(health?.temporal === false
    ? [bad('Temporal does not answer. Messages are kept, and work continues when it is back.')]
    : []),
  ...(health?.workers === 0
    ? [bad('No worker for agents and flows is running. Start one with "npx everturn up".')]
    : []),
  ...(health?.scriptWorkers === 0
    ? [bad('No worker for scripts is running, so scripts wait. Start one with "npx everturn up".')]
    : []),
];

const ofStack = ({ stack, health }: Known): Finding[] => {
  if (!stack) return [];
  const { workers, queues, eventLagMs, disks, supervisor, database } = stack;
  const lost = workers.filter((worker) => worker.silentMs > silentMs);
  const slow = (queues ?? []).filter(({ backlog, oldestMs }) => (backlog ?? 0) > 0 && (oldestMs ?? 0) > slowMs);
  const away = supervisor?.restarts.filter(({ backAfterMs }) => backAfterMs === null) ?? [];
  return [
    ...away.map(({ process }) => bad(`${process} ended and is not back yet. Its log is in .everturn/logs.`)),
    ...lost.map(({ id }) => warn(`The worker ${id} is silent. Others take over its work.`)),
    ...slow.map(({ name, kind }) =>
      warn(`Tasks in queue ${name} (${kind}) have waited for more than 10 s. Start more workers.`),
    ),
    ...(database !== null && eventLagMs === null
      ? [bad('Events do not reach this API within 2 s. Open pages lag until its connection to Postgres is back.')]
      : []),
    ...(eventLagMs !== null && eventLagMs > lagMs
      ? [warn('Events reach this API after more than 1 s. Postgres is slow.')]
      : []),
    ...(queues === null && health?.temporal !== false ? [warn('Temporal did not describe its queues.')] : []),
    ...disks
      .filter(({ free, size }) => free < size * leastFree)
      .map(({ folder }) => bad(`The disk of ${folder} is nearly full. Free some space, or run "npx everturn prune".`)),
  ];
};

const ofKeys = ({ keys }: Known): Finding[] =>
  keys.flatMap(({ name, marks }) =>
    marks.map(({ reason, model }) =>
      warn(`Key ${name} is resting${model === null ? '' : ` for ${model}`}: ${reasonWords[reason]}.`),
    ),
  );

/** What stops work first. Empty where all is well, as far as it is known. */
export const findings = (known: Known): Finding[] =>
  [...ofHealth(known), ...ofStack(known), ...ofKeys(known)].toSorted((a, b) => Number(b.isBad) - Number(a.isBad));
