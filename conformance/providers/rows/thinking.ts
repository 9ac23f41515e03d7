import type { Row } from '../row.ts';
import { calling, done, end, event, stream, text } from '../words.ts';

const answer = 'Paris.';
const both = [
  { kind: 'thinking' as const, text: 'hm' },
  { kind: 'text' as const, text: answer },
];

const row = (
  dialect: Row['dialect'],
  oddity: string,
  contents: readonly string[],
  seen?: string,
  said: Row['expect']['said'] = both,
): Row => ({
  dialect,
  oddity,
  ...(seen ? { seen } : {}),
  answers: [stream(...contents.map((each) => text(each)), end())],
  expect: { said, requests: 1 },
});

/** Thinking that comes within the text, in the marks of its model, and text that comes more than once. */
export const thinking: readonly Row[] = [
  row(
    'vllm',
    'Mistral: [THINK]',
    ['[THI', 'NK]h', 'm[/THI', 'NK]', answer],
    'https://github.com/isaiah-harville/Primer/issues/109',
  ),
  row(
    'general',
    'MiniMax: <mm:think>',
    ['<mm:think>hm</mm:think>\n\n', answer],
    'https://github.com/isaiah-harville/Primer/issues/109',
  ),
  row('general', 'Seed: <seed:think>', ['<seed:think>hm</seed:think>', answer]),
  row(
    'general',
    'Cohere: marks around thinking and answer',
    ['<|START_THINKING|>hm<|END_THINKING|><|START_', 'TEXT|>Par', 'is.<|END_TE', 'XT|>'],
    'https://github.com/scouzi1966/maclocal-api/pull/151',
  ),
  row(
    'llama.cpp',
    'Gemma: a channel for thoughts',
    ['<|channel>thought\nhm', '<chan', 'nel|>', answer],
    'https://github.com/leehack/llamadart/pull/108',
    [
      { kind: 'thinking', text: '\nhm' },
      { kind: 'text', text: answer },
    ],
  ),
  row(
    'vllm',
    'gpt-oss: its channels',
    [
      '<|channel|>analysis<|mess',
      'age|>hm<|end|><|start|>assistant<|channel|>final',
      '<|message|>Paris.',
      '<|return|>',
    ],
    'https://github.com/kekzl/imp/pull/768',
  ),
  row(
    'vllm',
    'gpt-oss: only the channel of the answer',
    ['<|channel|>final<|message|>Paris.'],
    'https://github.com/ml-explore/mlx-lm/pull/1867',
    [{ kind: 'text', text: answer }],
  ),
  {
    dialect: 'vllm',
    oddity: 'gpt-oss: its channels do not go back',
    seen: 'https://github.com/NVIDIA/TensorRT-LLM/issues/9256',
    answers: [stream(text('<|channel|>analysis<|message|>hm<|end|>'), ...(calling().stream ?? [])), done],
    expect: {
      said: [{ kind: 'thinking', text: 'hm' }, { kind: 'tool_call' }, { kind: 'text' }],
      messages: [{ role: 'assistant', content: '' }, { role: 'tool' }],
      unsent: ['<|channel|>', 'hm'],
    },
  },
  {
    dialect: 'general',
    oddity: 'thinking goes back in the marks in which it came',
    answers: [stream(text('[THINK]hm[/THINK]so'), ...(calling().stream ?? [])), done],
    expect: { messages: [{ role: 'assistant', content: '[THINK]hm[/THINK]\n\nso' }, { role: 'tool' }] },
  },
  {
    dialect: 'vllm',
    oddity: 'a closing tag that is left, though thinking has a field',
    seen: 'https://github.com/sgl-project/sglang/pull/26873',
    answers: [stream(event({ reasoning_content: 'hm' }), text('</thi'), text('nk>\n\n'), text(answer), end())],
    expect: { said: both },
  },
  row('vllm', 'a closing tag first', ['</think>\n\n', answer], 'https://github.com/sgl-project/sglang/pull/26873', [
    { kind: 'text', text: answer },
  ]),
  row(
    'vllm',
    'a closing tag between two sentences',
    ['I weigh it. Let me write the answer.', '</think>', 'The root cause is X.'],
    'https://github.com/sgl-project/sglang/pull/36285',
    [
      { kind: 'thinking', text: 'I weigh it. Let me write the answer.' },
      { kind: 'text', text: 'The root cause is X.' },
    ],
  ),
  row('general', 'a closing tag that is spoken of', ['The tag </think> ends thinking.'], undefined, [
    { kind: 'text', text: 'The tag </think> ends thinking.' },
  ]),
  row(
    'general',
    'all of the text so far with each piece',
    ['Par', 'Paris is', 'Paris is the', 'Paris is the capital.', 'Paris is the capital.'],
    'https://github.com/QwenLM/qwen-code/pull/3896',
    [{ kind: 'text', text: 'Paris is the capital.' }],
  ),
  {
    dialect: 'general',
    oddity: 'all of the thinking so far with each piece',
    seen: 'https://github.com/QwenLM/qwen-code/pull/3896',
    answers: [
      stream(
        ...['I', 'I look', 'I look at it.'].map((each) => event({ reasoning_content: each })),
        text('Paris.'),
        end(),
      ),
    ],
    expect: {
      said: [
        { kind: 'thinking', text: 'I look at it.' },
        { kind: 'text', text: answer },
      ],
    },
  },
  row(
    'general',
    'the whole text once more, as a piece',
    [
      'It was the best of times, it was the worst of times, ',
      'it was the age of wisdom.',
      'It was the best of times, it was the worst of times, it was the age of wisdom.',
    ],
    'https://github.com/openclaw/openclaw/pull/142888',
    [{ kind: 'text', text: 'It was the best of times, it was the worst of times, it was the age of wisdom.' }],
  ),
  row('general', 'pieces that are alike are all text', ['ha', 'ha', 'ha', ' ha'], undefined, [
    { kind: 'text', text: 'hahaha ha' },
  ]),
  row('general', 'a second piece that begins like the first', ['1', '10', ' apples'], undefined, [
    { kind: 'text', text: '110 apples' },
  ]),
];
