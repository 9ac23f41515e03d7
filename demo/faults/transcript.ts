import { isDeepStrictEqual } from 'node:util';
import type { Chunk } from '../../contracts/chunks.ts';
import { textFor } from './answers.ts';
import { ask, type Breach, type Play, patiently, type Watched } from './play.ts';

export const readTranscript = async (play: Play, session: string): Promise<Chunk[]> => {
  const chunks: Chunk[] = [];
  for (let before: number | undefined; ; ) {
    const page = await ask(play, `the transcript of ${session}`, (api) =>
      api.listChunks(session, { limit: 1000, ...(before === undefined ? {} : { before }) }),
    );
    chunks.unshift(...page.chunks);
    if (page.oldestSeq === null || chunks.length >= page.total) return chunks;
    before = page.oldestSeq;
  }
};

const textsOf = (chunks: readonly Chunk[], wanted: 'user' | 'assistant'): string[] =>
  chunks.flatMap(({ body }) => (body.kind === 'text' && body.role === wanted ? [body.text] : []));

/** What was to be there once, in this order: P1. */
const compareTexts = (what: string, found: readonly string[], wanted: readonly string[]): Breach[] => {
  const count = (text: string): number => found.filter((one) => one === text).length;
  const words = (text: string): string => `${what}: ${JSON.stringify(text.slice(0, 120))}`;
  const lost = wanted.filter((text) => count(text) === 0);
  const doubled = [...new Set(wanted)].filter((text) => count(text) > wanted.filter((one) => one === text).length);
  const strange = found.filter((text) => !wanted.includes(text));
  const isInOrder = isDeepStrictEqual(
    found.filter((text) => wanted.includes(text)),
    wanted.filter((text) => found.includes(text)),
  );
  return [
    ...lost.map((text): Breach => ({ kind: 'lost', words: `${words(text)} is not in the transcript` })),
    ...doubled.map((text): Breach => ({ kind: 'doubled', words: `${words(text)} is there ${count(text)} times` })),
    ...strange.map((text): Breach => ({ kind: 'doubled', words: `${words(text)} is nobody's` })),
    ...(isInOrder || doubled.length > 0 ? [] : [{ kind: 'lost', words: `${what}: not in their order` } as const]),
  ];
};

/** A session whose messages were answered one by one. */
export const judgeTranscript = async (
  play: Play,
  session: string,
  { agent, messages }: { agent: string; messages: readonly string[] },
): Promise<Breach[]> => {
  const chunks = await readTranscript(play, session);
  return [
    ...compareTexts(`messages of ${session}`, textsOf(chunks, 'user'), messages),
    ...compareTexts(
      `replies of ${session}`,
      textsOf(chunks, 'assistant'),
      messages.map((message) => textFor(agent, message)),
    ),
  ];
};

/** What somebody who watched all the time has, against what a fresh look gives: P5. */
export const judgeWatchers = async (play: Play, session: string, watchers: readonly Watched[]): Promise<Breach[]> => {
  const { view: fresh } = await ask(play, `the state of ${session}`, (api) => api.getSession(session));
  const found = await Promise.all(
    watchers.map(async (watcher): Promise<Breach[]> => {
      await patiently(`a watcher of ${session} to be at ${fresh.position}`, () => {
        if (watcher.faults().length > 0) return true;
        return (watcher.view()?.position ?? 0) >= fresh.position;
      });
      const view = watcher.view();
      const differs = Object.entries(fresh).filter(
        ([name, value]) => !isDeepStrictEqual(value, (view as Record<string, unknown> | undefined)?.[name]),
      );
      return [
        ...watcher
          .faults()
          .map((words): Breach => ({ kind: words.includes(' came after ') ? 'doubled' : 'lost', words })),
        ...differs.map(
          ([name, value]): Breach => ({
            kind: 'lost',
            words: `a watcher of ${session} has ${name} ${JSON.stringify((view as Record<string, unknown> | undefined)?.[name])?.slice(0, 300)}, a fresh look ${JSON.stringify(value).slice(0, 300)}`,
          }),
        ),
      ];
    }),
  );
  return found.flat();
};
