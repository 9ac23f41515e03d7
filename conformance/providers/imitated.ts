import { always, ids, noField, noLists, noMessageField, reasoningBack } from './demands.ts';
import type { Manners } from './imitation.ts';
import type { Answer, Asked } from './row.ts';
import { call, end, event, refusal, stream, text, usage } from './words.ts';

/** What tells the three apart. */
type Traits = {
  /** The field in which it thinks. */
  thinking?: string;
  isParallel: boolean;
  /** Default: it refuses images. */
  seesImages?: boolean;
  /** By a JSON Schema: `ignored` answers in plain words. */
  structured: 'yes' | 'ignored' | 'refused';
  /** Whether the same prompt is cheaper the second time. Null: it reports no usage. */
  caches: boolean | null;
};

const idAt = (index: number): string => `abcdefgh${index}`;

const tokensOf = (asked: Asked): number => Math.ceil(JSON.stringify(asked.messages).length / 4);

const refuse = (message: string): Answer => refusal(400, { error: { message, type: 'invalid_request_error' } });

const isList = (content: unknown): boolean => Array.isArray(content);

/** A provider that answers the questions of `everturn models check`. */
const answering = ({ thinking, isParallel, seesImages = false, structured, caches }: Traits): Manners['answer'] => {
  const seen = new Set<string>();

  const reported = (asked: Asked): unknown[] => {
    if (caches === null) return [];
    const prompt = JSON.stringify(asked.messages);
    const isSeen = seen.has(prompt);
    seen.add(prompt);
    const prompt_tokens = tokensOf(asked);
    const cached_tokens = caches && isSeen && prompt_tokens > 1024 ? prompt_tokens - (prompt_tokens % 128) : 0;
    return [usage({ prompt_tokens, completion_tokens: 8, prompt_tokens_details: { cached_tokens } })];
  };

  const says = (asked: Asked, ...words: string[]): Answer =>
    stream(...words.map((each) => text(each)), end(), ...reported(asked));

  const calls = (asked: Asked, name: string, args: readonly string[]): Answer =>
    stream(
      ...(thinking ? [event({ [thinking]: 'I report ' }), event({ [thinking]: 'it.' })] : []),
      ...args.map((each, index) => call(idAt(index), name, each, index)),
      end('tool_calls'),
      ...reported(asked),
    );

  return (asked) => {
    const last = asked.messages.at(-1);
    const names = asked.tools?.map((tool) => tool.function.name) ?? [];
    if (isList(last?.content))
      return seesImages ? says(asked, 'Red') : refuse('image_url is not supported by this model');
    if (asked.response_format && structured === 'refused') return refuse("'response_format' is not supported");
    if (asked.response_format) return structured === 'yes' ? says(asked, '{"city":', '"Paris"}') : says(asked, 'Paris');
    if (last?.role === 'tool') return says(asked, 'noted');
    if (names.includes('report_ready')) return calls(asked, 'report_ready', ['{"ready":true}']);
    if (names.includes('report_number')) {
      return calls(asked, 'report_number', isParallel ? ['{"number":1}', '{"number":2}'] : ['{"number":1}']);
    }
    return says(asked, 're', 'ady');
  };
};

/** Three providers, each by its name. */
export const imitated: Record<'deepseek' | 'mistral' | 'ollama', Manners> = {
  deepseek: {
    demands: [reasoningBack('The `reasoning_content` in the thinking mode must be passed back to the API.'), ...always],
    answer: answering({ thinking: 'reasoning_content', isParallel: true, structured: 'refused', caches: true }),
    models: { object: 'list', data: [{ id: 'probe-1', object: 'model', context_length: 131_072 }] },
  },
  mistral: {
    demands: [
      noField('stream_options', 422, {
        detail: [{ type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Extra inputs are not permitted' }],
      }),
      ids(/^[a-zA-Z0-9]{9}$/, 'Tool call id must be a-z, A-Z, 0-9, with a length of 9.'),
      ...always,
    ],
    answer: answering({ isParallel: true, seesImages: true, structured: 'yes', caches: false }),
    models: { object: 'list', data: [{ id: 'probe-1', max_context_length: 32_768 }] },
  },
  ollama: {
    demands: [noLists, noMessageField('reasoning', { error: { message: "unknown field 'reasoning'" } }), ...always],
    answer: answering({ thinking: 'reasoning', isParallel: false, structured: 'ignored', caches: null }),
  },
};
