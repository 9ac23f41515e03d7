import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { plainText } from '../plain-text.ts';
import type { Caller, Callers } from './callers.ts';
import { elicit } from './elicit.ts';
import { sample } from './sample.ts';

export const askCapabilities = { elicitation: { form: {} }, sampling: {} };

const nobody = 'No one can be asked, because the call is not known. Ask while exactly one call runs';

type Work<Result> = (options: {
  server: string;
  asker: NonNullable<Caller['asker']>;
  signal: AbortSignal;
}) => Promise<Result>;

/** Answers what a server asks in the middle of a call. It reads no words of ours, which may name rules and folders. */
export const answerAsks = async (client: Client, server: string, callers: Callers): Promise<void> => {
  const types = await import('@modelcontextprotocol/sdk/types.js');

  const within = async <Result>(what: string, signal: AbortSignal, work: Work<Result>): Promise<Result> => {
    const caller = await callers.whoAsks(signal);
    if (!caller?.asker) throw new types.McpError(types.ErrorCode.InvalidRequest, nobody);
    const { asker, over, onOutput } = caller;
    caller.pause();
    try {
      return await work({ server, asker, signal: AbortSignal.any([signal, over]) });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      onOutput(`${server} asked ${what}, and got no answer: ${plainText(why, 1000)}\n`);
      throw new types.McpError(types.ErrorCode.InvalidRequest, `The request was not answered`);
    } finally {
      caller.resume();
    }
  };

  client.setRequestHandler(types.ElicitRequestSchema, async ({ params }, { signal }) => {
    if (params.mode === 'url' || !('requestedSchema' in params)) return { action: 'decline' };
    const { message, requestedSchema } = params;
    return await within('a person', signal, (options) => elicit({ ...options, message }, requestedSchema));
  });
  client.setRequestHandler(types.CreateMessageRequestSchema, async ({ params }, { signal }) =>
    within('the model', signal, (options) => sample(options, params)),
  );
};
