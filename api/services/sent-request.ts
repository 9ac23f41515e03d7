import type { Chunk } from '../../contracts/chunks.ts';
import { project } from '../../contracts/context/project.ts';
import { EverturnError } from '../../contracts/errors.ts';
import {
  patched,
  rebuilt,
  type SentBytes,
  type SentMessagePart,
  type SentRequest,
} from '../../contracts/sent-request.ts';
import { digestOf, linkOf } from '../../store/request-hash.ts';
import type { NotedRequest } from '../../store/sent-requests.ts';
import type { Store } from '../../store/store.ts';

type Wanted = { id: string; turn: number; step: number; attempt?: number | undefined };
type Noted = Pick<NotedRequest, 'prefix' | 'sent'>;
type Other = NonNullable<SentBytes['others']>[string];

const isSaid = ({ body }: Chunk): boolean => body.kind === 'system' && body.isSaid === true;
const isResult = ({ body }: Chunk): boolean => body.kind === 'tool_result';

const roleOf = (text: string): string => {
  const { role } = JSON.parse(text) as { role?: unknown };
  return typeof role === 'string' ? role : 'unknown';
};

const textOf = (plain: string | undefined, other: Other | undefined): string | undefined =>
  Array.isArray(other) ? patched(plain ?? '', other) : (other ?? plain);

/** Digests of the messages, and those that are not what the transcript gives, as the requests before left them. */
const known = (noted: readonly Noted[]) => {
  let digests: (string | null)[] = [];
  const others = new Map<number, Other>();
  for (const { prefix, sent } of noted) {
    if (!prefix) continue;
    const from = prefix.from ?? 0;
    digests = prefix.digests
      ? [...Array.from({ length: from }, (_, at) => digests[at] ?? null), ...prefix.digests]
      : [];
    for (const at of others.keys()) if (at >= from) others.delete(at);
    for (const [at, text] of Object.entries(sent?.others ?? {})) others.set(Number(at), text);
  }
  return { digests, others };
};

/** A request of a model, made again from the transcript; the hashes that were recorded say whether it is what was sent. */
export const createSentRequests = (store: Pick<Store, 'sentRequests'>) => {
  const find = async ({ id, turn, step, attempt }: Wanted): Promise<NotedRequest> => {
    const attempts = await store.sentRequests.attempts(id, turn, step);
    const wanted =
      attempt === undefined
        ? (attempts.find(({ status }) => status === 'ok') ?? attempts.findLast(({ prefix }) => prefix !== null))
        : attempts.find((one) => one.attempt === attempt);
    if (wanted?.prefix) return wanted;
    const which = attempt === undefined ? '' : `attempt ${attempt} of `;
    throw new EverturnError(
      'request_not_found',
      wanted
        ? `Cannot show the request of ${which}turn ${turn}, step ${step}: this attempt failed before its bytes were recorded. Ask for the attempt that was answered`
        : `Cannot show the request of ${which}turn ${turn}, step ${step}: session ${id} has none there. List its requests with "npx everturn trace ${id}" (GET /api/sessions/${id}/traces)`,
    );
  };

  return async (wanted: Wanted): Promise<SentRequest> => {
    const request = await find(wanted);
    const { prefix, turn, step, attempt, model } = request;
    if (!prefix) throw new Error('A request without a record was found');
    const seq = prefix.seq ?? 0;
    const [noted, epochs, chunks] = await Promise.all([
      store.sentRequests.until(wanted.id, request.id),
      store.sentRequests.epochs(wanted.id, prefix.choices?.epoch ?? 0),
      store.sentRequests.chunks(wanted.id, seq, turn, step),
    ]);
    const before = chunks.filter((chunk) => chunk.seq <= seq);
    const own = chunks.filter((chunk) => chunk.seq > seq);
    const sent = [...project(before, epochs), ...own.filter(isSaid).slice(0, 1)];
    const { digests, others } = known(noted);
    const plain = rebuilt(sent).map((message) => JSON.stringify(message));
    const length = Math.max(plain.length, digests.length);
    const texts = Array.from({ length }, (_, at) => textOf(plain[at], others.get(at))).filter(
      (text) => text !== undefined,
    );

    const heading = noted.findLast((one) => one.prefix?.head === prefix.head && one.sent?.head !== undefined)?.sent;
    const prompt = heading?.system ?? [];
    const head = heading?.head ?? null;
    const hash = [...prompt, ...texts].reduce((link, text) => linkOf(link, text), linkOf(head ?? ''));
    const isProven = head !== null && hash === prefix.last;
    const messages: SentMessagePart[] = [
      ...prompt.map((text) => ({ role: roleOf(text), text, isProven: true })),
      ...texts.map((text, at) => {
        const digest = digests[at] ?? null;
        return { role: roleOf(text), text, isProven: digest === null ? null : digest === digestOf(text) };
      }),
    ];
    const reason = isProven
      ? null
      : head === null
        ? 'The release that sent this request did not record its tools and system prompt.'
        : 'Some messages differ from what was sent.';
    return {
      turn,
      step,
      attempt,
      model,
      head,
      messages,
      system: prompt.length,
      isProven,
      reason,
      hash: prefix.last,
      break: prefix.break ?? null,
      reply: request.status === 'ok' ? own.filter((chunk) => !isResult(chunk) && !isSaid(chunk)) : [],
    };
  };
};
