import OpenAI from 'openai';
import pg from 'pg';
import { noChanges } from '../../../activities/changes/no-changes.ts';
import { openUnconfined } from '../../../activities/tools/confine/tracked.ts';
import { builtInTools, findTool, toolDefinitions } from '../../../activities/tools/registry.ts';
import { systemPrompt } from '../../../activities/turn/agent.ts';
import type { WireMessage } from '../../../contracts/request.ts';

type WireToolCall = NonNullable<Extract<WireMessage, { role: 'assistant' }>['tool_calls']>[number];

export type FloorOptions = { databaseUrl: string; modelUrl: string; workspace: string };

/** A row of the transcript: what one step added. */
export type Place = { session: string; turn: number; row: number };

export const floorSchema = `CREATE TABLE steps (
  session text NOT NULL, turn integer NOT NULL, row integer NOT NULL, messages jsonb NOT NULL,
  PRIMARY KEY (session, turn, row))`;

/** What both floors are made of: the least that a turn with a recorded transcript can do. */
export const openFloor = ({ databaseUrl, modelUrl, workspace }: FloorOptions) => {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 });
  const openai = new OpenAI({ baseURL: modelUrl, apiKey: 'none', maxRetries: 0 });
  const tools = toolDefinitions(builtInTools);

  const write = async ({ session, turn, row }: Place, messages: readonly WireMessage[]): Promise<void> => {
    await pool.query('INSERT INTO steps VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [
      session,
      turn,
      row,
      JSON.stringify(messages),
    ]);
  };

  const history = async (session: string): Promise<WireMessage[]> => {
    const { rows } = await pool.query<{ messages: WireMessage[] }>(
      'SELECT messages FROM steps WHERE session = $1 ORDER BY turn, row',
      [session],
    );
    return rows.flatMap(({ messages }) => messages);
  };

  /** The messages of the newest row. */
  const last = async (session: string): Promise<WireMessage[]> => {
    const { rows } = await pool.query<{ messages: WireMessage[] }>(
      'SELECT messages FROM steps WHERE session = $1 ORDER BY turn DESC, row DESC LIMIT 1',
      [session],
    );
    return rows[0]?.messages ?? [];
  };

  const ask = async (messages: readonly WireMessage[]): Promise<{ said: WireMessage; call: WireToolCall | null }> => {
    const stream = await openai.chat.completions.create({
      model: 'bench',
      messages: [{ role: 'system', content: systemPrompt(workspace) }, ...messages],
      tools: [...tools],
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let call: WireToolCall | null = null;
    for await (const { choices } of stream) {
      const delta = choices[0]?.delta;
      text += delta?.content ?? '';
      for (const { id, function: named } of delta?.tool_calls ?? []) {
        call ??= { id: id ?? '', type: 'function', function: { name: named?.name ?? '', arguments: '' } };
        call.function.arguments += named?.arguments ?? '';
      }
    }
    return { said: { role: 'assistant', content: text || null, ...(call ? { tool_calls: [call] } : {}) }, call };
  };

  const runTool = async ({ id, function: called }: WireToolCall): Promise<WireMessage> => {
    const { text } = await findTool(called.name).run(JSON.parse(called.arguments) as Record<string, unknown>, {
      workspace,
      dataFolders: [],
      signal: new AbortController().signal,
      sessionId: id,
      turn: 1,
      idempotencyKey: id,
      env: {},
      changes: noChanges,
      confinement: openUnconfined(null),
      commandSeconds: 10,
      onOutput: () => {},
    });
    return { role: 'tool', tool_call_id: id, content: text };
  };

  return { write, history, last, ask, runTool, close: () => pool.end() };
};

export type Floor = ReturnType<typeof openFloor>;
