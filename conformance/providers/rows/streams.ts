import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Answer, Row } from '../row.ts';
import { call, calling, done, end, event, stream, text, usage } from '../words.ts';

const whole = 'Do NOT delete it, delete the copy.';
const complete = { kind: 'text' as const, text: whole };
const first = 'Do NOT delete it, ';
const rest = 'delete the copy.';
const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const completion = (message: unknown, finish = 'stop') => ({
  id: 'c',
  object: 'chat.completion',
  choices: [{ index: 0, message, finish_reason: finish }],
  usage: { prompt_tokens: 5, completion_tokens: 2 },
});
const packed = (encoding: string, pack: (bytes: Buffer) => Uint8Array): Answer => ({
  stream: [pack(Buffer.from(`${data(text(first))}${data(text(rest))}${data(end())}data: [DONE]\n\n`))],
  headers: { 'content-encoding': encoding },
  end: 'close',
});
const emoji = Buffer.from(data(text('żółw 🐢')));

/** What a reply may look like on its way, and still be read whole. */
export const streams: readonly Row[] = [
  {
    dialect: 'mistral',
    oddity: 'content as a list of parts, later as text',
    seen: 'case content-as-list',
    answers: [
      stream(
        text([{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }]),
        text([{ type: 'text', text: first }]),
        text(rest),
        end(),
      ),
    ],
    expect: { said: [{ kind: 'thinking', text: 'hm' }, complete] },
  },
  {
    dialect: 'general',
    oddity: 'content as one object',
    answers: [stream(text({ type: 'text', text: first }), text({ text: rest }), end())],
    expect: { said: [complete] },
  },
  {
    dialect: 'general',
    oddity: 'content as a list of texts',
    answers: [stream(text([first, rest]), end())],
    expect: { said: [complete] },
  },
  {
    dialect: 'general',
    oddity: 'content parts with nested text',
    answers: [
      stream(
        text([
          { type: 'output_text', text: { value: first } },
          { type: 'text', content: rest },
        ]),
        end(),
      ),
    ],
    expect: { said: [complete] },
  },
  {
    dialect: 'mistral',
    oddity: 'references between the parts say nothing',
    answers: [
      stream(
        text([
          { type: 'text', text: first },
          { type: 'reference', reference_ids: [1] },
          { type: 'text', text: rest },
        ]),
        end(),
      ),
    ],
    expect: { said: [complete] },
  },
  {
    dialect: 'general',
    oddity: 'a part that no transcript can keep',
    answers: [
      stream(
        text([
          { type: 'text', text: first },
          { type: 'image_url', image_url: { url: 'data:' } },
        ]),
        end(),
      ),
    ],
    expect: { error: { code: 'model_unreadable', kind: 'unreadable', says: 'image_url' } },
  },
  {
    dialect: 'general',
    oddity: 'content that is a number',
    answers: [stream(text(5), end())],
    expect: { error: { code: 'model_unreadable', says: '5' } },
  },
  {
    dialect: 'openrouter',
    oddity: 'an image beside the content',
    answers: [stream(event({ content: '', images: [{ type: 'image_url', image_url: { url: 'data:' } }] }), end())],
    expect: { error: { code: 'model_unreadable', says: 'images' } },
  },
  {
    dialect: 'general',
    oddity: 'null pieces everywhere',
    answers: [
      stream(
        event(null),
        event({
          role: 'assistant',
          content: null,
          tool_calls: null,
          function_call: null,
          refusal: null,
          reasoning: null,
        }),
        { choices: [null] },
        { choices: null },
        event({ tool_calls: [null] }),
        text(whole),
        end(),
      ),
    ],
    expect: { said: [complete] },
  },
  {
    dialect: 'general',
    oddity: 'reasoning as an object',
    answers: [stream(event({ reasoning: { content: 'hm' } }), text(whole), end())],
    expect: { said: [{ kind: 'thinking', text: 'hm' }, complete] },
  },
  {
    dialect: 'general',
    oddity: 'reasoning as a list of summaries',
    answers: [
      stream(
        event({
          reasoning: [
            { type: 'summary_text', text: 'h' },
            { type: 'summary_text', text: 'm' },
          ],
        }),
        text(whole),
        end(),
      ),
    ],
    expect: { said: [{ kind: 'thinking', text: 'hm' }, complete] },
  },
  {
    dialect: 'vllm',
    oddity: '<think> cut over pieces',
    answers: [stream(text('<th'), text('ink>h'), text('m</thi'), text('nk>\n\n'), text(first), text(rest), end())],
    expect: { said: [{ kind: 'thinking', text: 'hm' }, complete] },
  },
  {
    dialect: 'llama.cpp',
    oddity: '</think> whose beginning the template wrote',
    answers: [stream(text('hm\n'), text('</think>\n\n'), text(whole), end())],
    expect: { said: [{ kind: 'thinking', text: 'hm' }, complete] },
  },
  {
    dialect: 'general',
    oddity: '<think> that is quoted is text',
    answers: [stream(text('The tag `<think>` opens, `</think>` closes.'), end())],
    expect: { said: [{ kind: 'text', text: 'The tag `<think>` opens, `</think>` closes.' }] },
  },
  {
    dialect: 'general',
    oddity: 'text that begins like a tag',
    answers: [stream(text('<th'), text('ead> is HTML'), end())],
    expect: { said: [{ kind: 'text', text: '<thead> is HTML' }] },
  },
  {
    dialect: 'general',
    oddity: 'thinking that does not end',
    answers: [stream(text('<think>hm'), end('length'))],
    expect: { said: [{ kind: 'thinking', text: 'hm' }], finish: 'length' },
  },
  {
    dialect: 'gemini',
    oddity: '<thought> before the answer',
    answers: [stream(text('<thought>hm</thought>'), text(whole), end())],
    expect: { said: [{ kind: 'thinking', text: 'hm' }, complete] },
  },
  {
    dialect: 'gemini',
    oddity: 'content that is marked as a thought',
    answers: [stream(event({ content: 'hm', extra_content: { google: { thought: true } } }), text(whole), end())],
    expect: { said: [{ kind: 'thinking', text: 'hm' }, complete] },
  },
  {
    dialect: 'general',
    oddity: 'an event without data',
    seen: 'case sse-event-without-data',
    answers: [stream('event: message\n\n', text(whole), end())],
    expect: { said: [complete], requests: 1 },
  },
  {
    dialect: 'general',
    oddity: 'an empty line of data',
    seen: 'case sse-event-without-data',
    answers: [stream('data: \n\n', 'data:\n\n', text(whole), end())],
    expect: { said: [complete], requests: 1 },
  },
  {
    dialect: 'openrouter',
    oddity: 'comments between the events',
    answers: [stream(': OPENROUTER PROCESSING\n\n', text(first), ': OPENROUTER PROCESSING\n\n', text(rest), end())],
    expect: { said: [complete] },
  },
  {
    dialect: 'anthropic',
    oddity: 'events named ping',
    answers: [stream('event: ping\ndata: {"type": "ping"}\n\n', text(whole), 'event: ping\ndata: {}\n\n', end())],
    expect: { said: [complete] },
  },
  {
    dialect: 'general',
    oddity: 'a heartbeat as plain data',
    answers: [stream('data: ping\n\n', text(whole), 'data: [HEARTBEAT]\n\n', end())],
    expect: { said: [complete] },
  },
  {
    dialect: 'general',
    oddity: 'no [DONE]',
    answers: [{ ...stream(text(whole), end()), end: 'close' }],
    expect: { said: [complete] },
  },
  {
    dialect: 'general',
    oddity: 'no last blank line',
    answers: [{ stream: [text(first), data(text(rest, 'stop')).trimEnd()], end: 'close' }],
    expect: { said: [complete] },
  },
  {
    dialect: 'general',
    oddity: 'no blank lines between the events',
    answers: [stream(`data: ${JSON.stringify(text(first))}\ndata: ${JSON.stringify(text(rest))}\n\n`, end())],
    expect: { said: [complete] },
  },
  {
    dialect: 'general',
    oddity: '`data:` written twice',
    answers: [stream(`data: ${data(text(whole))}`, end())],
    expect: { said: [complete] },
  },
  {
    dialect: 'general',
    oddity: 'JSON instead of a stream',
    answers: [{ body: completion({ role: 'assistant', content: whole }) }],
    expect: { said: [complete], usage: { input: 5, output: 2 } },
  },
  {
    dialect: 'general',
    oddity: 'JSON over many lines, with a call',
    answers: [
      {
        body: JSON.stringify(
          completion(
            {
              role: 'assistant',
              content: null,
              reasoning_content: 'hm',
              tool_calls: [{ id: 'a', type: 'function', function: { name: 'look', arguments: '{"path":"a"}' } }],
            },
            'tool_calls',
          ),
          null,
          2,
        ),
      },
      done,
    ],
    expect: {
      said: [
        { kind: 'thinking', text: 'hm' },
        { kind: 'tool_call', callId: 'a' },
        { kind: 'text', text: 'done' },
      ],
    },
  },
  {
    dialect: 'general',
    oddity: 'lines of JSON without `data:`',
    answers: [
      {
        body: [text(first), text(rest), end()].map((each) => JSON.stringify(each)).join('\n'),
        type: 'application/x-ndjson',
      },
    ],
    expect: { said: [complete] },
  },
  {
    dialect: 'general',
    oddity: 'JSON that claims to be a stream',
    answers: [{ body: completion({ content: whole }), type: 'text/event-stream' }],
    expect: { said: [complete] },
  },
  {
    dialect: 'general',
    oddity: 'a stream that claims to be JSON',
    answers: [{ ...stream(text(whole), end()), type: 'application/json' }],
    expect: { said: [complete] },
  },
  {
    dialect: 'general',
    oddity: 'the whole message once more at the end',
    answers: [
      stream(text(first), text(rest), {
        choices: [{ index: 0, message: { role: 'assistant', content: whole }, finish_reason: 'stop' }],
      }),
    ],
    expect: { said: [complete] },
  },
  {
    dialect: 'general',
    oddity: 'text of the older completions',
    answers: [
      stream({ choices: [{ index: 0, text: first }] }, { choices: [{ index: 0, text: rest, finish_reason: 'stop' }] }),
    ],
    expect: { said: [complete] },
  },
  {
    dialect: 'general',
    oddity: 'a second choice',
    answers: [
      stream(
        {
          choices: [
            { index: 0, delta: { content: first } },
            { index: 1, delta: { content: 'other' } },
          ],
        },
        text(rest),
        end(),
      ),
    ],
    expect: { said: [complete] },
  },
  {
    dialect: 'general',
    oddity: 'packed by a gateway, though not asked: gzip',
    seen: 'https://github.com/Anionex/agent-vision-toolkit/pull/36',
    answers: [packed('gzip', gzipSync)],
    expect: { said: [complete] },
  },
  {
    dialect: 'general',
    oddity: 'packed by a gateway: br',
    answers: [packed('br', brotliCompressSync)],
    expect: { said: [complete] },
  },
  {
    dialect: 'general',
    oddity: 'packed by a gateway: deflate, then zstd',
    answers: [packed('deflate, zstd', (bytes) => zstdCompressSync(deflateSync(bytes)))],
    expect: { said: [complete] },
  },
  {
    dialect: 'general',
    oddity: 'packed and cut off',
    answers: [packed('gzip', (bytes) => gzipSync(bytes).subarray(0, 60))],
    expect: { error: { code: 'model_stream_cut' } },
  },
  {
    dialect: 'general',
    oddity: 'called packed, and is not',
    answers: [packed('gzip', (bytes) => bytes)],
    expect: { error: { code: 'model_unreadable', says: 'content-encoding' } },
  },
  {
    dialect: 'general',
    oddity: 'a refusal that is packed',
    answers: [
      {
        status: 429,
        body: gzipSync(JSON.stringify({ error: { message: 'Rate limit reached, try again in 7s' } })),
        headers: { 'content-encoding': 'gzip' },
      },
    ],
    expect: { error: { code: 'model_rate_limited', says: 'try again in 7s', retryAfterMs: 7000 } },
  },
  {
    dialect: 'general',
    oddity: 'bytes that are not UTF-8 in a text',
    answers: [
      stream(
        Buffer.concat([
          Buffer.from('data: {"choices":[{"delta":{"content":"a'),
          Buffer.from([0xff, 0xc3]),
          Buffer.from('b"}}]}\n\n'),
        ]),
        end(),
      ),
    ],
    expect: { said: [{ kind: 'text', text: 'a\uFFFD\uFFFDb' }] },
  },
  {
    dialect: 'general',
    oddity: 'bytes that are not UTF-8 in a call: it must not run',
    answers: [
      stream(
        Buffer.concat([
          Buffer.from(
            'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"look","arguments":"{\\"path\\":\\"',
          ),
          Buffer.from([0xff]),
          Buffer.from('\\"}"}}]}}]}\n\n'),
        ]),
        end('tool_calls'),
      ),
      done,
    ],
    expect: { said: [{ kind: 'tool_call', isWhole: false }, { kind: 'text' }] },
  },
  {
    dialect: 'general',
    oddity: 'characters cut in the middle',
    answers: [stream(emoji.subarray(0, 68), emoji.subarray(68, 75), emoji.subarray(75), end())],
    expect: { said: [{ kind: 'text', text: 'żółw 🐢' }] },
  },
  {
    dialect: 'anthropic',
    oddity: "events of Anthropic's own API",
    answers: [stream('event: message_start\ndata: {"type":"message_start","message":{"role":"assistant"}}\n\n')],
    expect: { error: { code: 'model_unreadable', says: 'no "choices"' } },
  },
  {
    dialect: 'ollama',
    oddity: "lines of Ollama's own API",
    answers: [
      {
        body: '{"model":"m","message":{"role":"assistant","content":"hi"},"done":false}\n{"done":true}',
        type: 'application/x-ndjson',
      },
    ],
    expect: { error: { code: 'model_unreadable', says: 'no "choices"' } },
  },
  {
    dialect: 'gemini',
    oddity: "Google's own form",
    answers: [stream({ candidates: [{ content: { parts: [{ text: 'hi' }] } }] })],
    expect: { error: { code: 'model_unreadable', says: 'candidates' } },
  },
  {
    dialect: 'general',
    oddity: 'remarks of a gateway without choices',
    answers: [stream({ id: 'x', provider: 'p', x_meta: { region: 'eu' } }, text(whole), end())],
    expect: { said: [complete] },
  },
  {
    dialect: 'general',
    oddity: 'a line of 10 MB',
    answers: [stream(text('x'.repeat(10_000_000)), end())],
    expect: { error: { code: 'model_reply_too_long', kind: 'too_long', says: 'replyLineBytes' } },
  },
  {
    dialect: 'general',
    oddity: 'a web page instead of a stream',
    seen: 'https://github.com/edison7009/EchoBird/pull/375',
    answers: [{ body: '<!doctype html><title>Console</title>', type: 'text/html' }],
    expect: { error: { code: 'model_not_found', says: 'text/html' } },
  },
  {
    dialect: 'general',
    oddity: 'an answer that ends at once',
    answers: [{ stream: [], end: 'close' }],
    expect: { error: { code: 'model_stream_cut', kind: 'cut' } },
  },
  {
    dialect: 'general',
    oddity: 'an answer that is cut off at once',
    answers: [{ stream: [], end: 'cut' }],
    expect: { error: { code: 'model_unavailable' } },
  },
  {
    dialect: 'openrouter',
    oddity: 'signs of life from a dead stream',
    seen: 'case heartbeats-keep-a-dead-stream',
    client: { contentTimeoutMs: 250 },
    answers: [{ stream: [text('begun ')], end: 'alive' }],
    expect: { error: { code: 'model_timeout', kind: 'timeout', says: 'only signs of life' } },
  },
  {
    dialect: 'general',
    oddity: 'empty deltas are no content',
    client: { contentTimeoutMs: 250 },
    answers: [{ stream: [text('begun '), text(''), event({})], end: 'alive' }],
    expect: { error: { code: 'model_timeout' } },
  },
  {
    dialect: 'general',
    oddity: 'usage on an event with a choice',
    answers: [stream({ ...text(whole), usage: null }, { ...end(), usage: { prompt_tokens: 9, completion_tokens: 3 } })],
    expect: { said: [complete], usage: { input: 9, output: 3 } },
  },
  {
    dialect: 'openai',
    oddity: 'usage on an event without choices, after the end',
    answers: [
      stream(
        text(whole),
        end(),
        usage({ prompt_tokens: 9, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 4 } }),
      ),
    ],
    expect: { usage: { input: 9, cacheRead: 4 } },
  },
  { dialect: 'general', oddity: 'no usage at all', answers: [stream(text(whole), end())], expect: { usage: null } },
  {
    dialect: 'general',
    oddity: 'a refusal in a field of its own',
    answers: [stream(event({ refusal: 'I cannot ' }), event({ refusal: 'help.' }), end())],
    expect: { said: [{ kind: 'text', text: 'I cannot help.' }] },
  },
  {
    dialect: 'general',
    oddity: 'text after a call',
    answers: [stream(call('a', 'look', '{}'), text('looking'), end('tool_calls')), done],
    expect: { said: [{ kind: 'tool_call' }, { kind: 'text', text: 'looking' }, { kind: 'text', text: 'done' }] },
  },
  {
    dialect: 'general',
    oddity: 'thinking again after the text',
    answers: [
      stream(
        event({ reasoning_content: 'a' }),
        text('so'),
        event({ reasoning_content: 'b' }),
        ...(calling().stream ?? []),
      ),
      done,
    ],
    expect: {
      said: [{ kind: 'thinking', text: 'ab' }, { kind: 'text', text: 'so' }, { kind: 'tool_call' }, { kind: 'text' }],
    },
  },
  {
    dialect: 'anthropic',
    oddity: 'usage in two reports: of the prompt as it begins, of the reply as it ends',
    seen: 'https://github.com/tensorzero/tensorzero/issues/5481',
    answers: [
      stream(
        { ...text(whole), usage: { input_tokens: 25, cache_read_input_tokens: 1000, output_tokens: 1 } },
        { ...end(), usage: { output_tokens: 15 } },
      ),
    ],
    expect: { usage: { input: 1025, cacheRead: 1000, output: 15 } },
  },
  {
    dialect: 'gemini',
    oddity: 'usage of the reply so far on each event: the last one counts',
    seen: 'https://github.com/ogx-ai/ogx/issues/5122',
    answers: [
      stream(
        { ...text('wh'), usage: { prompt_tokens: 9, completion_tokens: 1 } },
        { ...text('ole'), usage: { prompt_tokens: 9, completion_tokens: 2 } },
        { ...end(), usage: { prompt_tokens: 9, completion_tokens: 3 } },
      ),
    ],
    expect: { usage: { input: 9, output: 3 } },
  },
  {
    dialect: 'general',
    oddity: 'usage within the choice, as Kimi reports it',
    answers: [
      stream(text(whole), {
        choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage: { prompt_tokens: 9, completion_tokens: 3 } }],
      }),
    ],
    expect: { usage: { input: 9, output: 3 } },
  },
  {
    dialect: 'general',
    oddity: 'usage in a field of its own, as Groq reports it',
    answers: [stream(text(whole), { ...end(), x_groq: { usage: { prompt_tokens: 9, completion_tokens: 3 } } })],
    expect: { usage: { input: 9, output: 3 } },
  },
  {
    dialect: 'llama.cpp',
    oddity: 'counts beside its timings, and no usage',
    seen: 'https://github.com/ggml-org/llama.cpp/pull/15827',
    answers: [stream(text(whole), { ...end(), timings: { cache_n: 236, prompt_n: 1, predicted_n: 35 } })],
    expect: { usage: { input: 237, cacheRead: 236, output: 35 } },
  },
  {
    dialect: 'general',
    oddity: 'the answer within `data`',
    seen: 'https://github.com/cline/cline/issues/13348',
    answers: [{ body: { data: completion({ content: whole }), success: true } }],
    expect: { said: [complete], usage: { input: 5 } },
  },
  {
    dialect: 'openrouter',
    oddity: 'comments that a gateway sends as data',
    seen: 'https://github.com/mnfst/llm-gateway/issues/2053',
    answers: [stream('data: : OPENROUTER PROCESSING\n\n', text(whole), end())],
    expect: { said: [complete], requests: 1 },
  },
  {
    dialect: 'general',
    oddity: 'text without a message around it',
    answers: [
      stream(
        { choices: [{ index: 0, delta: first }] },
        { choices: [{ index: 0, delta: rest, finish_reason: 'stop' }] },
      ),
    ],
    expect: { said: [complete] },
  },
  {
    dialect: 'general',
    oddity: 'calls that are no calls',
    answers: [stream(event({ tool_calls: 'look at a' }), end('tool_calls'))],
    expect: { error: { code: 'model_unreadable', says: 'look at a' } },
  },
  {
    dialect: 'openai',
    oddity: 'Azure: results of filters without a message',
    seen: 'https://github.com/CopilotKit/CopilotKit/issues/2468',
    answers: [
      stream(
        { id: '', object: '', model: '', choices: [], prompt_filter_results: [{ prompt_index: 0 }] },
        text(whole),
        end(),
        {
          id: '',
          model: '',
          choices: [{ index: 0, finish_reason: null, content_filter_offsets: { check_offset: 44 } }],
          usage: null,
        },
      ),
    ],
    expect: { said: [complete], finish: 'stop' },
  },
  {
    dialect: 'openrouter',
    oddity: 'what it cost, where no price is known',
    seen: 'https://github.com/BerriAI/litellm/issues/16021',
    answers: [
      stream(
        text(whole),
        end(),
        usage({
          prompt_tokens: 63,
          completion_tokens: 255,
          cost: 0.25,
          cost_details: { upstream_inference_cost: null },
        }),
      ),
    ],
    expect: { usage: { input: 63, cost: 0.25 } },
  },
  {
    dialect: 'general',
    oddity: 'no reason, usage beside an empty choice, and [DONE]',
    seen: 'https://github.com/BerriAI/litellm/issues/36168',
    answers: [
      stream(text(first), text(rest), {
        choices: [{ index: 0, delta: {} }],
        usage: { prompt_tokens: 16_111, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 15_872 } },
      }),
    ],
    expect: { said: [complete], finish: 'stop', usage: { input: 16_111, cacheRead: 15_872 } },
  },
  {
    dialect: 'gemini',
    oddity: 'the reason by another name',
    seen: 'https://github.com/jakobdylanc/llmcord/issues/84',
    answers: [stream(text(whole), { choices: [{ index: 0, delta: {}, finish_reason: null, finishReason: 'stop' }] })],
    expect: { said: [complete], finish: 'stop' },
  },
];
