import { setTimeout as delay } from 'node:timers/promises';
import type { ScriptedRequest } from '../../test/support/script.ts';
import { eventsOf, type ScriptedReply } from '../../test/support/scripted-reply.ts';
import { serveModel } from '../support/model-server.ts';

export type TourModel = {
  url: string;
  failures: readonly string[];
  /** How many pieces of replies to this prompt have been sent. */
  piecesOf(prompt: string): number;
  close(): Promise<void>;
};

export const questions = {
  project: 'Which files are here, and what is this project?',
  dark: 'Which buoys are dark tonight, and why?',
  lead: 'The lead time in src/plan.ts is in seconds. Correct it.',
} as const;

const read = (file: string) => ({ name: 'read_file', arguments: { path: file } });

/** The steps of the reply to a message, in order. */
const replies: Record<string, readonly ScriptedReply[]> = {
  [questions.project]: [
    { toolCalls: [{ name: 'list_files', arguments: {} }, read('README.md'), read('src/plan.ts')] },
    {
      text: 'This project is **Lantern**: it keeps the lights of a small harbour in step with the tide.\n\n| file | what it holds |\n| --- | --- |\n| `src/plan.ts` | when each buoy is lit |\n| `src/tide.ts` | the tide table, parsed once |\n| `data/tides.csv` | high waters, in UTC |\n',
    },
  ],
  [questions.dark]: [
    { thinking: 'The plan and the tide table decide this.', toolCalls: [read('data/tides.csv'), read('src/tide.ts')] },
    {
      text: 'Buoys **3** and **9** are dark tonight.\n\nBuoy 3 waits for a new lamp, which is in the log since Monday. Buoy 9 is lit by the plan, but an hour after high water: `src/plan.ts` subtracts `3600` from a time in milliseconds, so the lead of an hour becomes 3.6 seconds. At low tide the lamp is above its shade and cannot be seen from the mole.\n\n1. Replace the lamp of buoy 3.\n2. Correct the lead time in `src/plan.ts`:\n\n```ts\nconst leadMs = 60 * 60 * 1000;\nlit: next.map((tide) => tide.at - leadMs),\n```\n\nThe other seven buoys are lit on time.',
    },
  ],
  [questions.lead]: [
    { toolCalls: [read('src/plan.ts')] },
    {
      toolCalls: [
        {
          name: 'edit_file',
          arguments: {
            path: 'src/plan.ts',
            old_text:
              '/** When each buoy is lit: an hour before high water. */\nexport const plan = (tides: Tide[], buoys: Buoy[]) => {',
            new_text:
              'const leadMs = 60 * 60 * 1000;\n\n/** When each buoy is lit: an hour before high water. */\nexport const plan = (tides: Tide[], buoys: Buoy[]) => {',
          },
        },
        {
          name: 'edit_file',
          arguments: { path: 'src/plan.ts', old_text: 'tide.at - 3600', new_text: 'tide.at - leadMs' },
        },
      ],
    },
    { text: 'The lead is an hour in milliseconds now. The change waits for you in the inbox.' },
  ],
};

const sentence =
  'The records of the last three months agree with the plan, apart from one night in October when the log has no entry. ';

const replyTo = (text: string, step: number): ScriptedReply => {
  const known = Object.entries(replies).find(([prompt]) => text.includes(prompt))?.[1];
  if (known) return known[Math.min(step, known.length - 1)] ?? {};
  if (step === 0 && text.startsWith('Review')) return { toolCalls: [read('data/tides.csv')] };
  return { text: sentence.repeat(text.startsWith('Doubt') ? 4 : 2).trim() };
};

const textOf = (content: unknown): string => (typeof content === 'string' ? content : JSON.stringify(content ?? ''));

const commonLength = (a: string, b: string): number => {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
};

/** A provider on real HTTP that streams word by word, and caches prefixes as providers do. */
export const startTourModel = async (): Promise<TourModel> => {
  const sent = new Map<string, number>();
  const seen: string[] = [];
  const { port, failures, close } = await serveModel(async (raw, _request, response) => {
    const { messages } = JSON.parse(raw) as ScriptedRequest;
    const asked = messages.findLastIndex(({ role }) => role === 'user');
    const text = textOf(messages[asked]?.content);
    const step = messages.slice(asked).filter(({ role }) => role === 'assistant').length;
    const reply = replyTo(text, step);
    const cached = Math.floor(Math.max(0, ...seen.map((other) => commonLength(other, raw))) / 4);
    seen.push(raw);
    const prompt = Math.ceil(raw.length / 4);
    const output = Math.ceil(JSON.stringify(reply).length / 4);
    const usage = {
      prompt_tokens: prompt,
      completion_tokens: output,
      total_tokens: prompt + output,
      prompt_tokens_details: { cached_tokens: Math.min(cached, prompt) },
    };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    await delay(350);
    for (const event of eventsOf({ ...reply, usage }, raw)) {
      await delay(55);
      if (response.destroyed) return;
      response.write(`data: ${JSON.stringify(event)}\n\n`);
      sent.set(text, (sent.get(text) ?? 0) + 1);
    }
    response.end('data: [DONE]\n\n');
  });
  return {
    url: `http://127.0.0.1:${port}/v1`,
    failures,
    close,
    piecesOf: (prompt) => [...sent].reduce((sum, [text, pieces]) => (text.includes(prompt) ? sum + pieces : sum), 0),
  };
};
