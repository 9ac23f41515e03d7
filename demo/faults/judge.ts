import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { until } from '../support/clock.ts';
import { openWorkflows } from '../support/open-workflows.ts';
import { endless } from './answers.ts';
import type { Breach, Play } from './play.ts';
import type { Asked } from './provider.ts';

type Sealed = { session: string; agent: string; sealedAt: number };

/** Reads past the links, as somebody who may only read. */
const readDatabase = async <Row extends object>({ stack, name }: Play, text: string): Promise<Row[]> => {
  const client = new pg.Client({
    connectionString: stack.databaseUrl(),
    options: '-c default_transaction_read_only=on',
  });
  await client.connect();
  try {
    return (await client.query<Row>(text, [`[${name}/`])).rows;
  } finally {
    await client.end();
  }
};

/** Sessions of the play: what was first said in each names its agent. */
const sessions = `
  SELECT DISTINCT ON (session_id) session_id AS id, body ->> 'text' AS first FROM chunks
  WHERE kind = 'text' ORDER BY session_id, seq`;

/** Replies that were sealed, in the order of each session's steps. */
const readSealed = async (play: Play): Promise<Sealed[]> => {
  const rows = await readDatabase<{ session: string; first: string; sealed_at: Date }>(
    play,
    `SELECT o.session_id AS session, s.first, o.ended_at AS sealed_at
     FROM operations o JOIN (${sessions}) s ON s.id = o.session_id
     WHERE o.call IS NULL AND o.state = 'sealed' AND position($1 IN s.first) > 0
     ORDER BY o.session_id, o.turn, o.step`,
  );
  return rows.map(({ session, first, sealed_at }) => {
    const from = first.indexOf(`[${play.name}/`) + play.name.length + 2;
    return { session, agent: first.slice(from, first.indexOf(']', from)), sealedAt: sealed_at.getTime() };
  });
};

/** P2: the chunks of a session are 1..n. */
export const judgeSeqs = async (play: Play): Promise<Breach[]> => {
  const rows = await readDatabase<{ id: string; seqs: string }>(
    play,
    `SELECT s.id, string_agg(c.seq::text, ',' ORDER BY c.seq) AS seqs
     FROM chunks c JOIN (${sessions}) s ON s.id = c.session_id
     WHERE position($1 IN s.first) > 0 GROUP BY s.id`,
  );
  return rows.flatMap(({ id, seqs }) =>
    seqs.split(',').every((seq, index) => Number(seq) === index + 1)
      ? []
      : [{ kind: 'lost', words: `the seqs of ${id} are ${seqs}` } as const],
  );
};

const messagesOf = ({ body }: Asked): string => JSON.stringify(body.messages).slice(0, -1);

/** P3 and P6, by the log of the provider: nothing is asked after its answer was sealed, and nothing is asked otherwise. */
export const judgeAgent = (agent: string, asked: readonly Asked[], sealed: readonly Sealed[]): Breach[] => {
  const found: Breach[] = [];
  const sessions = new Set(sealed.map(({ session }) => session));
  if (sessions.size > 1) found.push({ kind: 'doubled', words: `${agent} ran in ${sessions.size} sessions` });
  const steps = [...new Set(asked.map(({ raw }) => raw))];
  if (agent !== endless && steps.length !== sealed.length) {
    const kind = steps.length > sealed.length ? 'doubled' : 'lost';
    found.push({ kind, words: `${agent} asked ${steps.length} different things and has ${sealed.length} replies` });
  }
  for (const { raw, startedAt } of asked) {
    const place = steps.indexOf(raw);
    const sealedAt = sealed[place]?.sealedAt ?? Number.POSITIVE_INFINITY;
    if (startedAt > sealedAt) {
      const words = `${agent} asked for step ${place + 1} again ${Math.round(startedAt - sealedAt)} ms after its reply was sealed`;
      found.push({ kind: 'doubled', words });
    }
  }
  const requests = steps.flatMap((raw) => asked.find((one) => one.raw === raw) ?? []);
  for (const [place, request] of requests.entries()) {
    const before = requests[place - 1];
    if (before && !messagesOf(request).startsWith(messagesOf(before)))
      found.push({ kind: 'doubled', words: `request ${place + 1} of ${agent} does not extend the one before` });
  }
  return found;
};

export const judgeRequests = async (play: Play): Promise<Breach[]> => {
  const sealed = await readSealed(play);
  // A connection that a dead client left is closed by the link in the same moment, and the provider hears of it.
  await until(
    'the end of all requests',
    () => play.stack.provider.asked(play.name).every(({ endedAt }) => endedAt !== null),
    10_000,
  ).catch(() => undefined);
  const asked = play.stack.provider.asked(play.name);
  const agents = [...new Set([...asked, ...sealed].map(({ agent }) => agent))];
  return [
    ...agents.flatMap((agent) =>
      judgeAgent(
        agent,
        asked.filter((one) => one.agent === agent),
        sealed.filter((one) => one.agent === agent),
      ),
    ),
    ...asked
      .filter(({ endedAt }) => endedAt === null)
      .map(({ agent }): Breach => ({ kind: 'stuck', words: `a request of ${agent} goes on after all has ended` })),
  ];
};

const textsIn = (value: unknown, texts: string[]): string[] => {
  if (value instanceof Uint8Array) texts.push(Buffer.from(value).toString('utf8'));
  else if (typeof value === 'string') texts.push(value);
  else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) textsIn(part, texts);
  return texts;
};

const telling = /TMPRL1100|nondeterminis|non-determinis|determinismviolation/i;

/** P10 and P11, by the histories of all that was started meanwhile; and that all of it has ended. */
export const judgeWorkflows = async ({ stack, name }: Play, since: Date): Promise<Breach[]> => {
  const found: Breach[] = [];
  const left = await openWorkflows(stack.project);
  if (left.length > 0) found.push({ kind: 'stuck', words: `workflows left open: ${left.slice(0, 10).join(', ')}` });
  const connection = await Connection.connect({ address: stack.temporalAddress });
  try {
    const { workflow } = new Client({ connection });
    for await (const { workflowId, runId } of workflow.list({ query: `StartTime >= '${since.toISOString()}'` })) {
      const { events } = await workflow.getHandle(workflowId, runId).fetchHistory();
      if (textsIn(events ?? [], []).some((text) => text.includes(name)))
        found.push({ kind: 'opened', words: `the history of ${workflowId} holds words of a user` });
      for (const { workflowTaskFailedEventAttributes: failed } of events ?? []) {
        const words = `${failed?.cause} ${failed?.failure?.message}`;
        if (failed && telling.test(words))
          found.push({ kind: 'stuck', words: `${workflowId} did not replay: ${words}` });
      }
    }
  } finally {
    await connection.close();
  }
  return found;
};
