import type { ApiClient } from '../../client/api.ts';
import { tailSession } from '../../client/tail.ts';
import { hasEnded, type Subagent } from '../../contracts/subagents.ts';
import { type Child, endOf } from './plan.ts';
import type { PlayedFamily } from './play.ts';
import { resultOf } from './scripts.ts';

/** Every event of a session up to now. */
const eventsOf = async (api: ApiClient, session: string) => {
  const { view } = await api.getSession(session);
  const stop = new AbortController();
  const events: { type: string; subagent?: Subagent }[] = [];
  await tailSession(api, session, {
    after: 0,
    signal: stop.signal,
    onSnapshot: () => {
      throw new Error(`The stream of ${session} does not begin at its start`);
    },
    onEvent: ({ position, event }) => {
      events.push(event);
      if (position >= view.position) stop.abort();
    },
  });
  return events;
};

/** What people and subagents have written to a session, from its transcript. */
const messagesOf = async (api: ApiClient, session: string): Promise<string[]> => {
  const texts: string[] = [];
  for (let before: number | undefined; ; ) {
    const { chunks, oldestSeq } = await api.listChunks(session, {
      limit: 1000,
      ...(before === undefined ? {} : { before }),
    });
    texts.push(...chunks.flatMap(({ body }) => (body.kind === 'text' && body.role === 'user' ? [body.text] : [])));
    if (chunks.length === 0 || oldestSeq === null || oldestSeq === 1) return texts;
    before = oldestSeq;
  }
};

const faultsOfChild = (
  child: Child,
  subagent: Subagent & { result: string | null },
  { told, messages }: { told: string[]; messages: string[] },
): string[] => {
  const { id, status } = subagent;
  const wanted = endOf(child.fate);
  const ends = told.filter((state) => hasEnded(state as Subagent['status']));
  const tidings = messages.filter((text) => text.includes(`(${id})`));
  const words = {
    completed: 'completed]',
    failed: 'failed: model_refused]',
    cancelled: 'was cancelled',
    crashed: 'crashed',
  }[wanted];
  return [
    ...(status === wanted ? [] : [`is ${status}, not ${wanted}`]),
    ...(ends.length === 1 && ends[0] === wanted
      ? []
      : [`told as ${ends.join(', ') || 'nothing'}, not once as ${wanted}`]),
    ...(tidings.length === 1 ? [] : [`${tidings.length} messages in its parent's mailbox`]),
    ...(tidings.every((text) => text.includes(words))
      ? []
      : [`its parent read ${JSON.stringify(tidings[0]?.slice(0, 80))}`]),
    ...(wanted !== 'completed' || subagent.result === resultOf(child) ? [] : ['has another result']),
    ...(subagent.deliveredTurn === null ? ['its end was not delivered'] : []),
  ].map((fault) => `${child.key} (${id}): ${fault}`);
};

export type Verdict = { ends: Record<string, number>; faults: string[] };

/** What the API says of a family, against what was done to it. */
export const judgeFamily = async (api: ApiClient, { parent, session }: PlayedFamily): Promise<Verdict> => {
  const { subagents } = await api.listSubagents({ session, limit: 200 });
  const [events, messages] = await Promise.all([eventsOf(api, session), messagesOf(api, session)]);
  const ends: Record<string, number> = {};
  const faults = await Promise.all(
    parent.children.map(async (child) => {
      const found = subagents.filter(({ label }) => label === child.label);
      const [subagent] = found;
      if (!subagent || found.length > 1) return [`${child.key} was spawned ${found.length} times`];
      ends[subagent.status] = (ends[subagent.status] ?? 0) + 1;
      const told = events.flatMap(({ type, subagent: now }) =>
        type === 'subagent.changed' && now?.id === subagent.id ? [now.status] : [],
      );
      return faultsOfChild(child, await api.getSubagent(subagent.id), { told, messages });
    }),
  );
  const strangers = subagents.length - parent.children.length;
  return {
    ends,
    faults: [...faults.flat(), ...(strangers > 0 ? [`${parent.key} has ${strangers} children too many`] : [])],
  };
};
