import type { ErrorCode } from '../../../contracts/errors.ts';
import type { Answer, Row } from '../row.ts';
import { end, event, refusal, stream, text } from '../words.ts';

type Expected = { code: ErrorCode; kind?: string; says?: string; retryAfterMs?: number };
const row = (dialect: Row['dialect'], oddity: string, answer: Answer, error: Expected, seen?: string): Row => ({
  dialect,
  oddity,
  ...(seen ? { seen } : {}),
  answers: [answer],
  expect: { error, requests: 1, said: [] },
});

const json = (body: unknown): Answer => ({ body });
const limit = 'Rate limit exceeded: free-models-per-min';
const overflow = "This model's maximum context length is 4096 tokens";
const google = [
  {
    error: {
      code: 429,
      message: 'You exceeded your current quota, please check your plan and billing details.',
      status: 'RESOURCE_EXHAUSTED',
      details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.5s' }],
    },
  },
];

/** Errors in every envelope, with their own words and kind. */
export const errors: readonly Row[] = [
  row(
    'openrouter',
    'JSON with an error at status 200',
    json({ error: { message: limit, code: 429 } }),
    { code: 'model_rate_limited', kind: 'rate_limit', says: limit },
    'case error-in-another-shape',
  ),
  row(
    'vllm',
    'an event that is the error',
    stream({ object: 'error', message: overflow, type: 'BadRequestError', code: 400 }),
    { code: 'model_refused', kind: 'overflow', says: overflow },
    'case error-in-another-shape',
  ),
  row(
    'general',
    'an error without a code',
    stream({ error: { message: 'quota exceeded' } }),
    { code: 'model_refused', kind: 'quota', says: 'quota exceeded' },
    'https://github.com/apache/rocketmq-dashboard/issues/2178',
  ),
  row(
    'general',
    'a code that is a word',
    stream({ error: { message: 'Context length exceeded', code: 'CONTEXT_LENGTH_EXCEEDED' } }),
    { code: 'model_refused', kind: 'overflow', says: 'Context length exceeded' },
    'https://github.com/vercel/ai/issues/13506',
  ),
  row(
    'general',
    'a code of null',
    stream({ error: { message: 'overloaded', type: null, code: null } }),
    { code: 'model_unavailable', kind: 'overload', says: 'overloaded' },
    'https://github.com/BerriAI/litellm/pull/22793',
  ),
  row(
    'general',
    'an event named error with flat data',
    stream('event: error\ndata: {"type":"error","code":"rate_limit_exceeded","message":"slow down"}\n\n'),
    { code: 'model_rate_limited', says: 'slow down' },
    'https://github.com/openai/openai-node/pull/2409',
  ),
  row('general', 'an event named error with plain text', stream('event: error\ndata: Too many requests\n\n'), {
    code: 'model_rate_limited',
    says: 'Too many requests',
  }),
  row('general', 'an error as a text', stream({ error: 'model is overloaded, try again later' }), {
    code: 'model_unavailable',
    kind: 'overload',
    says: 'try again later',
  }),
  row(
    'anthropic',
    'type error with the error inside',
    stream({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
    { code: 'model_unavailable', kind: 'overload', says: 'Overloaded' },
  ),
  row(
    'general',
    'a line of JSON without `data:` in a stream',
    stream(text(''), '{"error":{"message":"upstream gone","code":502}}\n\n'),
    { code: 'model_unavailable', says: 'upstream gone' },
  ),
  row(
    'openrouter',
    'an error inside of a choice',
    stream({
      choices: [
        {
          index: 0,
          delta: { content: '' },
          finish_reason: 'error',
          error: { code: 502, message: 'Provider disconnected' },
        },
      ],
    }),
    { code: 'model_unavailable', says: 'Provider disconnected' },
  ),
  row(
    'openrouter',
    'an error beside a choice',
    stream({ error: { code: 429, message: limit }, choices: [{ index: 0, delta: {}, finish_reason: 'error' }] }),
    { code: 'model_rate_limited', says: limit },
    'https://github.com/damianvtran/local-operator/pull/223',
  ),
  row(
    'openrouter',
    'the words of the provider behind',
    {
      status: 429,
      body: {
        error: {
          message: 'Provider returned error',
          code: 429,
          metadata: { raw: 'glm is temporarily rate-limited upstream', provider_name: 'BaseTen' },
        },
      },
    },
    { code: 'model_rate_limited', says: 'rate-limited upstream' },
    'https://github.com/open-webui/computer/issues/293',
  ),
  row(
    'openrouter',
    'the same as JSON within JSON',
    {
      status: 400,
      body: {
        error: {
          message: 'Provider returned error',
          code: 400,
          metadata: { raw: '{"error":{"message":"at most 1 image per prompt"}}' },
        },
      },
    },
    { code: 'model_refused', says: 'at most 1 image per prompt' },
    'https://github.com/diegosouzapw/OmniRoute/issues/3044',
  ),
  row(
    'general',
    'MiniMax: base_resp at status 200',
    json({ id: 'x', choices: null, base_resp: { status_code: 1008, status_msg: 'insufficient balance' } }),
    { code: 'model_refused', kind: 'quota', says: 'insufficient balance' },
    'https://github.com/adrianlyjak/obsidian-aloud-tts/pull/114',
  ),
  row(
    'general',
    'MiniMax: a wrong key at status 200',
    json({ base_resp: { status_code: 2049, status_msg: 'invalid api key' } }),
    { code: 'model_unauthorized', kind: 'auth', says: 'invalid api key' },
    'https://github.com/MiniMax-AI/MiniMax-M2.5/issues/18',
  ),
  row(
    'general',
    'code and msg at status 200',
    json({ code: 1302, msg: 'Rate limit reached for requests', success: false }),
    { code: 'model_rate_limited', says: 'Rate limit reached' },
  ),
  row(
    'general',
    'error_code and error_msg',
    json({ error_code: 17, error_msg: 'Open api daily request limit reached: too many requests' }),
    { code: 'model_rate_limited', says: 'daily request limit' },
  ),
  row('general', 'detail of FastAPI at status 200', json({ detail: 'Model not found: probe' }), {
    code: 'model_not_found',
    kind: 'not_found',
    says: 'Model not found',
  }),
  row('general', 'a list of errors', json({ errors: [{ message: 'Invalid request: bad input' }] }), {
    code: 'model_refused',
    says: 'bad input',
  }),
  row(
    'general',
    'a fault of a gateway',
    json({ fault: { faultstring: 'Rate limit quota violation. Too many requests', detail: { errorcode: 'x' } } }),
    { code: 'model_rate_limited', says: 'Rate limit quota violation' },
  ),
  row(
    'gemini',
    'an error in a list, with a delay in its body',
    { status: 429, body: google },
    { code: 'model_rate_limited', kind: 'rate_limit', says: 'current quota', retryAfterMs: 34_500 },
  ),
  row('gemini', 'the same inside of a stream', stream(google), {
    code: 'model_rate_limited',
    kind: 'rate_limit',
    retryAfterMs: 34_500,
  }),
  row(
    'openai',
    'a delay in the words',
    {
      status: 429,
      body: { error: { message: 'Rate limit reached. Please try again in 1m30s.', code: 'rate_limit_exceeded' } },
    },
    { code: 'model_rate_limited', retryAfterMs: 90_000 },
  ),
  row(
    'openai',
    'a quota that is used up',
    { status: 429, body: { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } } },
    { code: 'model_rate_limited', kind: 'quota' },
  ),
  row(
    'deepseek',
    'no balance',
    { status: 402, body: { error: { message: 'Insufficient Balance' } } },
    { code: 'model_refused', kind: 'quota', says: 'Add credit' },
  ),
  row(
    'anthropic',
    'overloaded',
    { status: 529, body: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } } },
    { code: 'model_unavailable', kind: 'overload' },
  ),
  row(
    'openai',
    'too long for the context',
    {
      status: 400,
      body: {
        error: {
          message: `${overflow}. However, your messages resulted in 9000 tokens.`,
          code: 'context_length_exceeded',
        },
      },
    },
    { code: 'model_refused', kind: 'overflow' },
  ),
  row(
    'anthropic',
    'a prompt that is too long',
    {
      status: 400,
      body: { error: { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' } },
    },
    { code: 'model_refused', kind: 'overflow' },
  ),
  row(
    'gemini',
    'an input that exceeds the count',
    {
      status: 400,
      body: [
        {
          error: {
            code: 400,
            message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
            status: 'INVALID_ARGUMENT',
          },
        },
      ],
    },
    { code: 'model_refused', kind: 'overflow' },
  ),
  row(
    'general',
    'more tokens than allowed, without a number',
    refusal(400, { error: { message: 'tokens in request more than max tokens allowed' } }),
    { code: 'model_refused', kind: 'overflow' },
    'https://github.com/anomalyco/opencode/issues/27519',
  ),
  row(
    'general',
    'too long by its code alone',
    refusal(422, { error: { message: 'Request failed', type: 'max_tokens_exceeded' } }),
    { code: 'model_refused', kind: 'overflow' },
    'https://github.com/letta-ai/letta-code/pull/3489',
  ),
  row(
    'general',
    'the name of a tool that is too long is no long request',
    refusal(400, { error: { message: 'the name of the tool exceeds the maximum length of 64 characters' } }),
    { code: 'model_refused', kind: 'invalid' },
  ),
  row(
    'llama.cpp',
    'the request exceeds the context size',
    {
      status: 400,
      body: {
        error: {
          code: 400,
          message: 'the request exceeds the available context size, try increasing it',
          type: 'exceed_context_size_error',
        },
      },
    },
    { code: 'model_refused', kind: 'overflow' },
  ),
  row(
    'mistral',
    'too large for the model',
    {
      status: 400,
      body: {
        object: 'error',
        message: 'Prompt contains 40000 tokens, too large for model with 32768 maximum context length',
      },
    },
    { code: 'model_refused', kind: 'overflow' },
  ),
  row(
    'openai',
    'refused for what it is about',
    {
      status: 400,
      body: {
        error: {
          message: 'The response was filtered due to the prompt triggering content management policy.',
          code: 'content_filter',
        },
      },
    },
    { code: 'model_refused', kind: 'refusal' },
  ),
  row(
    'openrouter',
    'flagged by moderation',
    {
      status: 403,
      body: { error: { code: 403, message: 'Your input was flagged', metadata: { reasons: ['violence'] } } },
    },
    { code: 'model_refused', kind: 'refusal' },
  ),
  row(
    'general',
    'a wrong key as 400',
    {
      status: 400,
      body: [
        {
          error: { code: 400, message: 'API key not valid. Please pass a valid API key.', status: 'INVALID_ARGUMENT' },
        },
      ],
    },
    { code: 'model_unauthorized', kind: 'auth' },
  ),
  row(
    'openai',
    'a wrong key',
    { status: 401, body: { error: { message: 'Incorrect API key provided: sk-probe' } } },
    { code: 'model_unauthorized', kind: 'auth', says: '[key]' },
  ),
  row(
    'ollama',
    'a model that is not there',
    { status: 404, body: { error: { message: 'model "probe-1" not found, try pulling it first' } } },
    { code: 'model_not_found', kind: 'not_found' },
  ),
  row(
    'general',
    'a page of a proxy',
    { status: 502, body: '<html><h1>502 Bad Gateway</h1></html>', type: 'text/html' },
    { code: 'model_unavailable', kind: 'unavailable', says: '502 Bad Gateway' },
  ),
  row(
    'general',
    'Bedrock: too many tokens for now, in the words of a long prompt',
    refusal(400, { error: { message: 'Too many tokens, please wait before trying again.', type: 'throttling_error' } }),
    { code: 'model_rate_limited', kind: 'rate_limit' },
    'https://github.com/anomalyco/opencode/pull/39621',
  ),
  row(
    'general',
    'the same in a stream, without a code',
    stream({ error: { message: 'Too many tokens, please wait before trying again.' } }),
    { code: 'model_rate_limited', kind: 'rate_limit' },
    'https://github.com/NousResearch/hermes-agent/pull/70394',
  ),
  row(
    'general',
    'Cerebras: too many tokens in a minute',
    stream({ message: 'Tokens per minute limit exceeded - too many tokens processed.', type: 'error', code: 'x' }),
    { code: 'model_rate_limited', kind: 'rate_limit' },
    'https://github.com/anomalyco/opencode/pull/13018',
  ),
  row(
    'anthropic',
    'a rate of input tokens that is exceeded, in a stream',
    stream({
      type: 'error',
      error: {
        type: 'rate_limit_error',
        message: "This request would exceed your organization's rate limit of 30,000 input tokens per minute",
      },
    }),
    { code: 'model_rate_limited', kind: 'rate_limit' },
    'https://github.com/anomalyco/opencode/pull/13019',
  ),
  row(
    'openai',
    'one request above the tokens of a minute is too long, however long it waits',
    refusal(429, {
      error: {
        message:
          'Request too large for gpt-4.1 in organization org-x on tokens per min (TPM): Limit 30000, Requested 37313. The input or output tokens must be reduced in order to run successfully.',
        type: 'tokens',
        code: 'rate_limit_exceeded',
      },
    }),
    { code: 'model_refused', kind: 'overflow' },
    'https://github.com/continuedev/continue/issues/11717',
  ),
  row(
    'anthropic',
    'a long context that the account does not have',
    refusal(429, {
      type: 'error',
      error: { type: 'rate_limit_error', message: 'Extra usage is required for long context requests.' },
    }),
    { code: 'model_refused', kind: 'overflow' },
    'https://github.com/anthropics/claude-code/issues/48721',
  ),
  row(
    'mistral',
    'a refusal that quotes the conversation is not read for what it quotes',
    refusal(422, {
      detail: [
        {
          type: 'extra_forbidden',
          loc: ['body', 'messages', 2, 'tool', 'name'],
          msg: 'Extra inputs are not permitted',
          input: 'The prompt is too long: it exceeds the context window',
        },
      ],
    }),
    { code: 'model_refused', kind: 'invalid' },
    'https://github.com/charmbracelet/crush/issues/1590',
  ),
  row(
    'general',
    'Zhipu: a limit of requests, in Chinese',
    json({ error: { code: '1302', message: '您的账户已达到速率限制，请您控制请求频率' } }),
    { code: 'model_rate_limited', kind: 'rate_limit', says: '速率限制' },
    'https://github.com/zhukunpenglinyutong/jetbrains-cc-gui/issues/897',
  ),
  row(
    'general',
    'Zhipu: too many users, in Chinese',
    stream({ error: { code: '1305', message: '该模型当前访问量过大，请您稍后再试' } }),
    { code: 'model_unavailable', kind: 'overload' },
    'https://github.com/zhukunpenglinyutong/jetbrains-cc-gui/issues/897',
  ),
  row(
    'general',
    'seconds until a limit of usage is reset',
    refusal(429, {
      error: { type: 'usage_limit_reached', message: 'The usage limit has been reached', resets_in_seconds: 5400 },
    }),
    { code: 'model_rate_limited', retryAfterMs: 5_400_000 },
    'https://github.com/router-for-me/CLIProxyAPI/issues/1666',
  ),
  row(
    'general',
    'DashScope: a free tier that is used up',
    refusal(403, {
      error: {
        message: 'The free tier of the model has been exhausted. Disable "use free tier only" to go on.',
        code: 'AllocationQuota.FreeTierOnly',
      },
    }),
    { code: 'model_refused', kind: 'quota' },
    'https://github.com/router-for-me/CLIProxyAPI/issues/1500',
  ),
  row(
    'general',
    'DashScope: an account in arrears',
    refusal(400, {
      code: 'Arrearage',
      message: 'Access denied, please make sure your account is in good standing.',
    }),
    { code: 'model_refused', kind: 'quota' },
    'https://github.com/tencentmusic/supersonic/issues/1572',
  ),
  row(
    'general',
    'an error in place of a reply, and a word of its own for the end',
    stream(text('{"message":"Too many tokens, please wait before trying again."}'), end('error_finish')),
    { code: 'model_rate_limited', kind: 'rate_limit', says: 'please wait' },
    'https://github.com/ranxianglei/billion-context-pi/issues/169',
  ),
  row(
    'openrouter',
    'comments, then an error over many lines',
    {
      stream: [': OPENROUTER PROCESSING\n\n', JSON.stringify({ error: { message: limit, code: 429 } }, null, 2)],
      end: 'close',
    },
    { code: 'model_rate_limited', says: limit },
  ),
  {
    dialect: 'general',
    oddity: 'an error in the middle of a reply',
    answers: [
      stream(
        event({ reasoning_content: 'hm' }),
        text('half'),
        { error: { message: 'Internal server error', type: 'server_error' } },
        end(),
      ),
    ],
    expect: { error: { code: 'model_unavailable', says: 'Internal server error' }, requests: 1 },
  },
  {
    dialect: 'general',
    oddity: 'a remark called error: null is none',
    answers: [stream({ ...text('done'), error: null }, { ...end(), error: '' })],
    expect: { said: [{ kind: 'text', text: 'done' }] },
  },
  {
    dialect: 'general',
    oddity: 'base_resp of success is none',
    answers: [stream({ ...text('done'), base_resp: { status_code: 0, status_msg: '' } }, end())],
    expect: { said: [{ kind: 'text', text: 'done' }] },
  },
];
