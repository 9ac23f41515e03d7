import { describe, expect, it } from 'vitest';
import { EverturnError } from '../../contracts/errors.ts';
import { overflowOf } from './overflow.ts';

const of = (message: string, details: Record<string, unknown> = { status: 400 }) =>
  overflowOf(
    new EverturnError('model_refused', `Asking the model "m" at http://x failed: HTTP 400, "${message}". Change`, {
      details,
    }),
  );

describe('overflowOf', () => {
  it.each([
    ["This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.", 8192, 9001],
    [
      "This model's maximum context length is 65536 tokens. However, you requested 65809 tokens (65809 in the messages, 0 in the completion). Please reduce the length of the messages or completion.",
      65536,
      65809,
    ],
    [
      "This endpoint's maximum context length is 128000 tokens. However, you requested about 140000 tokens (139000 of text input, 1000 in the output).",
      128000,
      140000,
    ],
    [
      "'max_tokens' is too large: 8192. This model's maximum context length is 32768 tokens and your request has 30000 input tokens",
      32768,
      null,
    ],
    ['tokens in request more than max tokens allowed', null, null],
    ['max_tokens_exceeded', null, null],
    [
      'Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 278000 tokens. Please reduce the length of the messages.',
      272000,
      278000,
    ],
    ['The engine prompt length 5000 exceeds the max_model_len 4096. Please reduce prompt.', 4096, 5000],
    ['Input validation error: `inputs` must have less than 4096 tokens. Given: 5000', 4096, 5000],
    ['prompt_too_long', null, null],
    ['输入内容过长，超过了模型的最大上下文长度', null, null],
    ['InvalidParameter: Input length 200000 exceeds the maximum length 131072', 131072, 200000],
    ['Expected input to be at most 8192 tokens', 8192, null],
    ['the message exceeds the size limit of 32768 tokens', 32768, null],
    ['prompt is too long: 212044 tokens > 200000 maximum', 200000, 212044],
    [
      'input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input length',
      200000,
      null,
    ],
    ['The input token count (1200000) exceeds the maximum number of tokens allowed (1048575).', 1048575, 1200000],
    ['The input token count exceeds the maximum number of tokens allowed 1048576.', 1048576, null],
    ['request (12000 tokens) exceeds the available context size (8192 tokens), try increasing it', 8192, 12000],
    [
      'the request exceeds the available context size. try increasing the context size or enable context shift',
      null,
      null,
    ],
    ['input length exceeds the context length', null, null],
    [
      'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
      32768,
      40000,
    ],
    ['The decoder prompt (length 5000) is longer than the maximum model length of 4096. Make sure', 4096, 5000],
    ["The input (5000 tokens) is longer than the model's context length (4096 tokens).", 4096, 5000],
    ['`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens', 4096, 5000],
    ['Invalid request: Your request exceeded model token limit: 131072 (requested: 140000)', 131072, 140000],
    ['<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 30720]', 30720, null],
    ['Prompt exceeds max length', null, null],
    ['prompt token count of 70000 exceeds the limit of 64000', 64000, 70000],
    ["This model's maximum prompt length is 131072 but the request contains 150000 tokens.", 131072, 150000],
    ['too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292.', 4081, 4292],
    ['Request too large for gpt-4 on tokens per min (TPM): Limit 10000, Requested 12000.', 10000, 12000],
    ['Input is too long for requested model.', null, null],
    ['Your input exceeds the context window of this model. Please adjust your input and try again.', null, null],
    ['The prompt is too long: 140,000, model maximum context length: 131,071', 131071, 140000],
  ])('reads "%s"', (message, limit, asked) => {
    expect(of(message)).toEqual({ limit, asked });
  });

  it('takes the word of the adapter, and a body that a proxy refuses', () => {
    expect(of('<html>Request Entity Too Large</html>', { status: 413 })).toEqual({ limit: null, asked: null });
    expect(of('nope', { status: 400, kind: 'overflow' })).toEqual({ limit: null, asked: null });
  });

  it.each([
    'Rate limit reached for gpt-4 on tokens per min (TPM): Limit 10000, Used 9000, Requested 2000. Please try again in 6s.',
    "Invalid value for 'max_tokens': must be at most 4096",
    'messages with role "tool" must be a response to a preceding message with "tool_calls"',
    'the context of this request is invalid',
    'image is too large',
    'the name of the tool exceeds the maximum length of 64 characters',
  ])('does not take "%s" for one', (message) => {
    expect(of(message)).toBeNull();
  });

  it('is never about what is not a provider', () => {
    expect(overflowOf(new Error('prompt is too long'))).toBeNull();
    expect(overflowOf(new EverturnError('tool_failed', 'prompt is too long'))).toBeNull();
  });
});
