import { serveModel } from '../support/model-server.ts';

type Message = { role: string; content: string | null };

/** Tokens as this model counts them: not as Everturn guesses. */
const tokensOf = (raw: string): number => Math.ceil(raw.length / 3.4);

/** A model with a window that refuses what is longer, calls a tool when it is told to, and summarises when it is asked. */
export const openProvider = async (window: number) => {
  let refused = 0;
  let summaries = 0;
  let longest = 0;
  const server = await serveModel(async (raw, _request, response) => {
    const { messages } = JSON.parse(raw) as { messages: Message[] };
    const tokens = tokensOf(raw);
    if (tokens > window) {
      refused += 1;
      response.writeHead(400, { 'content-type': 'application/json' });
      const message = `prompt is too long: ${tokens} tokens > ${window} maximum`;
      response.end(JSON.stringify({ error: { message, type: 'invalid_request_error' } }));
      return;
    }
    longest = Math.max(longest, tokens);
    const isSummary = messages[0]?.content?.startsWith('You write the summary') === true;
    if (isSummary) summaries += 1;
    const last = messages.at(-1);
    const file = last?.role === 'user' && !isSummary ? /read (\S+)/.exec(last.content ?? '')?.[1] : undefined;
    const call = {
      index: 0,
      id: `call_${tokens}`,
      function: { name: 'read_file', arguments: JSON.stringify({ path: file }) },
    };
    const said = isSummary
      ? `Task: read the files. Done: ${summaries} parts. Next: go on.`
      : `I have read it. ${'It says what it says. '.repeat(40)}`;
    const delta = file ? { tool_calls: [call] } : { content: said };
    const usage = { prompt_tokens: tokens, completion_tokens: 20, total_tokens: tokens + 20 };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`);
    const finish_reason = file ? 'tool_calls' : 'stop';
    response.end(
      `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason }], usage })}\n\ndata: [DONE]\n\n`,
    );
  });
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    counts: () => ({ refused, summaries, longest }),
    failures: server.failures,
    close: server.close,
  };
};
