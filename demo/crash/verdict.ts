import { isDeepStrictEqual } from 'node:util';
import type { ApiClient } from '../../client/api.ts';
import type { Chunk } from '../../contracts/chunks.ts';
import type { RecordedRequest } from '../../test/support/scripted-model.ts';
import { until } from '../support/clock.ts';
import { countRepeated } from '../support/repeated.ts';
import { targets } from '../support/stack.ts';
import type { Plan, Scene } from './plan.ts';
import { runsOf } from './runs.ts';
import type { Times } from './scenario.ts';

export type Verdict = {
  killed: string;
  moment: string;
  /** From the kill to the end of the turn, as the client saw it. */
  doneMs: number;
  /** The same without what the model and the tool themselves took after the kill. */
  beyondMs: number;
  modelCalls: number;
  finishedRepeated: number;
  /** Null where there is no run to count. */
  toolRuns: number | null;
  toolResult: string;
  missed: number;
  doubled: number;
  connections: number;
  /** What is not as promised; empty when all is. */
  faults: string[];
};

type Evidence = { scene: Scene; plan: Plan; sessionId: string; times: Times; faults: readonly string[] };

export const judge = async ({ scene, plan, sessionId, times, faults: before }: Evidence): Promise<Verdict> => {
  const { stack, model, key, folder, viewer } = scene;
  const { api } = stack;
  const requests = model.requests(key);
  const { spans } = await api.listSpans(sessionId, { limit: 500 });
  const transcript = await readTranscript(api, sessionId);
  const fresh = await until('a fresh snapshot as new as the client', async () => {
    const { view } = await api.getSession(sessionId);
    return view.position >= (viewer.view()?.position ?? 0) && view;
  });
  const view = await until(
    'the client to be as new as a fresh snapshot',
    () => (viewer.view()?.position ?? 0) >= fresh.position && viewer.view(),
    10_000,
  ).catch(() => viewer.view());
  const shown = view?.chunks ?? [];
  const runs = await runsOf(folder);
  const { missed, doubled } = compareWords(replyText(transcript), replyText(shown));
  const finishedRepeated = countRepeated(requests, spans);
  const toolResult = transcript.flatMap(({ body }) => (body.kind === 'tool_result' ? [body.status] : [])).join();
  const doneMs = times.settledAt - times.killedAt;
  const status = view?.turns['1']?.status;

  const faults = [
    ...viewer.faults,
    ...viewer.wire.faults,
    ...before,
    ...(status === 'completed' ? [] : [`the turn ended as ${status} (${view?.turns['1']?.code ?? 'no code'})`]),
    ...(replyText(transcript) === plan.text ? [] : ['the transcript does not hold the reply that the model gave']),
    ...(missed > 0 ? [`the client missed ${missed} words`] : []),
    ...(doubled > 0 ? [`the client has ${doubled} words twice`] : []),
    ...(isDeepStrictEqual(shown, transcript) ? [] : ["the client's chunks are not those of the transcript"]),
    ...(isDeepStrictEqual(view, fresh) ? [] : [`the client's view is not a fresh one: ${differences(view, fresh)}`]),
    ...(isRising(transcript.map(({ seq }) => seq)) ? [] : ['the seqs of the transcript do not rise']),
    ...(finishedRepeated > 0 ? [`${finishedRepeated} finished model calls were made again`] : []),
    ...(fresh.usage.requests === 2 ? [] : [`${fresh.usage.requests} requests are counted in the usage, not 2`]),
    ...(plan.results.includes(toolResult) ? [] : [`the tool's result is "${toolResult}"`]),
    ...(countBegun(runs) > 1 ? [`the command ran ${countBegun(runs)} times`] : []),
    ...(toolResult === 'ok' && plan.moment.includes('once') && runs.join() !== 'begin,end'
      ? [`the command is told as ok but wrote: ${runs.join()}`]
      : []),
  ];
  return {
    killed: plan.killed.length === targets.length ? 'everything' : plan.killed.join('+'),
    moment: plan.moment,
    doneMs,
    beyondMs: doneMs - modelWork(times.killedAt, requests) - toolWork(times.killedAt, transcript),
    modelCalls: requests.length,
    finishedRepeated,
    toolRuns: runs.length > 0 ? countBegun(runs) : null,
    toolResult,
    missed,
    doubled,
    connections: viewer.wire.connections,
    faults,
  };
};

const countBegun = (runs: readonly string[]): number => runs.filter((line) => line === 'begin').length;

const readTranscript = async (api: ApiClient, sessionId: string): Promise<Chunk[]> => {
  const chunks: Chunk[] = [];
  for (let before: number | undefined; ; ) {
    const page = await api.listChunks(sessionId, { limit: 1000, ...(before === undefined ? {} : { before }) });
    chunks.unshift(...page.chunks);
    if (page.oldestSeq === null || chunks.length >= page.total) return chunks;
    before = page.oldestSeq;
  }
};

const replyText = (chunks: readonly Chunk[]): string =>
  chunks.flatMap(({ body }) => (body.kind === 'text' && body.role === 'assistant' ? [body.text] : [])).join('');

const compareWords = (stored: string, shown: string): { missed: number; doubled: number } => {
  const words = shown.split(' ').filter(Boolean);
  const have = new Set(words);
  const missed = stored.split(' ').filter((word) => word !== '' && !have.has(word)).length;
  return { missed, doubled: words.length - have.size };
};

/** Milliseconds after the kill that the model's answers took by themselves. */
const modelWork = (killedAt: number, requests: readonly RecordedRequest[]): number =>
  requests
    .filter(({ outcome, endedAt }) => outcome === 'sent' && (endedAt ?? 0) > killedAt)
    .reduce((sum, { startedAt, endedAt }) => sum + (endedAt ?? 0) - Math.max(startedAt, killedAt), 0);

/** The same for the tool. */
const toolWork = (killedAt: number, transcript: readonly Chunk[]): number =>
  transcript
    .flatMap(({ body, at }) => (body.kind === 'tool_result' ? [{ ...body, sealedAt: Date.parse(at) }] : []))
    .reduce((sum, { durationMs, sealedAt }) => sum + Math.min(durationMs, Math.max(0, sealedAt - killedAt)), 0);

const isRising = (numbers: readonly number[]): boolean =>
  numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0));

const differences = (a: object | undefined, b: object): string =>
  Object.entries(b)
    .filter(([name, value]) => !isDeepStrictEqual(value, (a as Record<string, unknown> | undefined)?.[name]))
    .map(
      ([name, value]) =>
        `${name} ${JSON.stringify((a as Record<string, unknown>)?.[name])?.slice(0, 200)} instead of ${JSON.stringify(value).slice(0, 200)}`,
    )
    .join('; ');
