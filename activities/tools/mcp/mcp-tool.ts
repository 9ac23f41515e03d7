import { z } from 'zod';
import { EverturnError } from '../../../contracts/errors.ts';
import type { DescribedTool } from '../../../contracts/tool-sources.ts';
import { schemaFaults } from '../../../sandbox/json-schema.ts';
import { defineTool } from '../define.ts';
import { failed } from '../failed.ts';
import type { Tool, ToolResult } from '../tool.ts';
import { AnswerLost } from './answer-lost.ts';
import { showImages } from './images.ts';
import type { KeptServer } from './keep-server.ts';
import { offeredSchema } from './offered-schema.ts';
import { plainText } from './plain-text.ts';
import { toResult } from './result.ts';

const maxFaults = 10;

const isLate = (error: unknown): boolean => error instanceof Error && /request timed out/i.test(error.message);

/** The session of a server over HTTP is over: it has not looked at the call. Some say so by 400, with words. */
const isForgotten = (error: unknown): boolean => {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return error.code === 404 || (error.code === 400 && /session/i.test(error.message));
};

/** A tool of a server, as every other tool. */
export const createMcpTool = (described: DescribedTool, server: string, seconds: number, kept: KeptServer): Tool => {
  const { name, own, description, schema, permission, effect } = described;
  return {
    ...defineTool({
      name,
      description,
      parameters: z.looseObject({}),
      permission,
      effect,
      doing: () => `call ${own} of the MCP server ${server}`,
      async run(args, { signal, idempotencyKey, onOutput, attachments, asker }) {
        const faults = schemaFaults(schema, args, 'arguments').slice(0, maxFaults);
        if (faults.length > 0) throw new EverturnError('tool_arguments', `Cannot call ${name}: ${faults.join('; ')}`);
        const attempt = async (): Promise<ToolResult> => {
          const answer = await kept.call({ own, args, signal, idempotencyKey, onOutput, ...(asker ? { asker } : {}) });
          return await showImages(toResult(answer), answer.content ?? [], { name, attachments });
        };
        try {
          return await attempt().catch(async (error: unknown) => {
            signal.throwIfAborted();
            if (isForgotten(error)) {
              await kept.doubt();
              return await attempt();
            }
            if (effect === 'once' || !(error instanceof AnswerLost)) throw error;
            await kept.doubt();
            return await attempt();
          });
        } catch (error) {
          signal.throwIfAborted();
          const again = effect === 'once' ? '; whether it took effect is unknown, so check before you repeat it' : '';
          if (isLate(error)) {
            await kept.doubt();
            throw failed(`it took longer than ${seconds} s${again}`, error);
          }
          const said = error instanceof Error ? error.message : String(error);
          const reason = plainText(said.replace(/^MCP error -?\d+: /, ''), 1000);
          throw failed(error instanceof AnswerLost ? `${reason}${again}` : reason, error);
        }
      },
    }),
    schema: offeredSchema(schema),
    source: `mcp:${server}`,
  };
};
