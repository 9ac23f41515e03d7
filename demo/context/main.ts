import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ApiClient } from '../../client/api.ts';
import type { Chunk } from '../../contracts/chunks.ts';
import { isUndeclared, Prefix } from '../../contracts/prefix.ts';
import { until } from '../support/clock.ts';
import { openDemo } from '../support/demo.ts';
import { openProvider } from './provider.ts';

const window = 32_000;
/** Tokens that the conversation has in all, in windows. */
const times = 10;
const fileLength = 18_000;

const demo = await openDemo({ openModel: () => openProvider(window) });
const { stack, project, model: provider, faults } = demo;

const settle = async (api: ApiClient, session: string, text: string): Promise<void> => {
  const { messageId } = await api.sendMessage(session, { text });
  await until(`the end of "${text.slice(0, 40)}"`, async () => {
    const { view } = await api.getSession(session);
    const isWaiting = view.waiting.some((message) => message.messageId === messageId);
    return !isWaiting && Object.values(view.turns).every(({ status }) => status !== 'running');
  });
};

const allChunks = async (api: ApiClient, session: string): Promise<Chunk[]> => {
  const pages: Chunk[][] = [];
  let before: number | undefined;
  for (;;) {
    const { chunks, oldestSeq } = await api.listChunks(session, { limit: 1000, ...(before ? { before } : {}) });
    if (oldestSeq === null) return pages.flat();
    pages.unshift(chunks);
    before = oldestSeq;
  }
};

const allPrefixes = async (api: ApiClient, session: string): Promise<Prefix[]> => {
  const found: Prefix[] = [];
  for (let cursor: string | undefined; ; ) {
    const { spans, nextCursor } = await api.listSpans(session, { limit: 500, ...(cursor ? { cursor } : {}) });
    found.push(
      ...spans
        .filter(({ kind, status }) => kind === 'model' && status === 'ok')
        .map(({ attributes }) => Prefix.parse(attributes.prefix)),
    );
    if (nextCursor === null) return found;
    cursor = nextCursor;
  }
};

const names = Array.from(
  { length: Math.ceil((window * times * 3.4) / fileLength) + 4 },
  (_, index) => `part-${index}.txt`,
);

const prepare = async (): Promise<void> => {
  const text = (name: string): string =>
    `${name}: a line of it, with the number ${name.length}\n`.repeat(fileLength / 45);
  for (const name of names) await writeFile(path.join(project.workspace, name), text(name));
};

const play = async (): Promise<void> => {
  const { api } = stack;
  const { id } = await api.createSession({ workspace: project.workspace });
  const said: string[] = [];
  for (const [index, name] of names.entries()) {
    const message = `Number ${index} of the tasks that I will not repeat: read ${name} and note what it says.`;
    said.push(message);
    await settle(api, id, message);
  }
  await settle(api, id, 'Thank you. That was all.');

  const { epochs, window: learned } = await api.getContext(id);
  const chunks = await allChunks(api, id);
  const prefixes = await allPrefixes(api, id);
  const { view } = await api.getSession(id);
  const results = chunks.flatMap(({ body }) => (body.kind === 'tool_result' ? [body] : []));
  const tokens = Math.round(chunks.reduce((sum, { body }) => sum + JSON.stringify(body).length, 0) / 3.4);
  const { refused, summaries, longest } = provider.counts();

  console.log(`${tokens} tokens of conversation in a window of ${window}: ${(tokens / window).toFixed(1)} times`);
  console.log('epoch  kind     up to  before  after  reported  read again  reason');
  for (const { epoch, kind, turn, step, predicted, reported, reason, failed } of epochs) {
    const cells = [
      String(epoch).padStart(5),
      kind.padEnd(7),
      `${turn}/${step}`.padStart(6),
      String(predicted.before).padStart(6),
      String(predicted.after).padStart(5),
      String(reported?.input ?? '-').padStart(8),
      String(predicted.reread).padStart(10),
      failed ? `failed: ${failed}` : reason,
    ];
    console.log(cells.join('  '));
  }
  console.log(
    `window known from the first refusal: ${learned}; refused ${refused}, summaries ${summaries}, longest request ${longest}`,
  );

  const check = (isRight: boolean, fault: string): void => {
    if (!isRight) faults.push(fault);
  };
  check(tokens >= window * times, `the conversation has ${tokens} tokens only`);
  check(
    epochs.some(({ kind }) => kind === 'prune'),
    'nothing was pruned',
  );
  check(
    epochs.some(({ kind, failed }) => kind === 'compact' && failed === null),
    'nothing was compacted',
  );
  check(
    Object.values(view.turns).every(({ status }) => status === 'completed'),
    'a turn did not complete',
  );
  check(results.length === names.length, `${results.length} results of ${names.length} are in the transcript`);
  check(
    results.every(({ text: found }) => found.length > 1000 && !found.startsWith('[The result')),
    'a result was lost from the transcript',
  );
  const users = chunks.flatMap(({ body }) => (body.kind === 'text' && body.role === 'user' ? [body.text] : []));
  check(
    said.every((message) => users.includes(message)),
    'a message was lost from the transcript',
  );
  check(
    !prefixes.some((prefix) => prefix.previous !== null && isUndeclared(prefix)),
    'an undeclared break of the prefix',
  );
  check(longest <= window, 'a request was longer than the window');
  faults.push(...provider.failures);
};

await demo.run({ prepare, play });
for (const fault of faults) console.log(`BROKEN ${fault}`);
console.log(
  faults.length === 0 ? 'Held: it pruned, compacted and went on, and nothing was lost' : `${faults.length} faults`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
