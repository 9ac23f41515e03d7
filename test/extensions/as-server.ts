import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect, onTestFinished, test } from 'vitest';
import type { Field } from './field.ts';

const main = path.join(import.meta.dirname, '..', '..', 'cli', 'main.ts');

export const everturnAsServer = (field: () => Field): void => {
  test('lets a client of the SDK start, watch, answer and cancel', async () => {
    const { stack } = field();
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [main, 'mcp'],
        env: { EVERTURN_API_URL: stack.baseUrl, EVERTURN_TOKEN: stack.token },
      }),
    );
    onTestFinished(() => client.close());
    const ask = async (name: string, args: Record<string, unknown> = {}) => {
      const { content, isError } = (await client.callTool({ name, arguments: args })) as {
        content: { text: string }[];
        isError?: boolean;
      };
      const [text] = content.map((part) => part.text);
      return isError ? text : JSON.parse(text ?? '');
    };
    expect((await client.listTools()).tools.map(({ name }) => name).toSorted()).toEqual([
      'answer_approval',
      'cancel_run',
      'cancel_session',
      'list_approvals',
      'list_definitions',
      'list_runs',
      'list_sessions',
      'read_session',
      'send_message',
      'start_run',
      'start_session',
      'watch_run',
      'watch_session',
    ]);
    const key = randomUUID();
    stack.model.script(
      [
        { reply: { toolCalls: [{ name: 'local__echo', arguments: { message: 'from outside' } }] } },
        { reply: { text: 'It echoed.' } },
        { pauseAfter: { pieces: 0, gate: key }, times: { min: 0, max: 5 }, reply: { text: 'never' } },
      ],
      key,
    );
    const asked = await ask('start_session', { text: key, workspace: stack.workspace });
    expect(asked).toMatchObject({ state: 'waits for approval', approvals: [{ tool: 'local__echo' }] });
    expect(JSON.stringify(await ask('list_approvals'))).toContain('from outside');
    await ask('answer_approval', { id: asked.approvals[0].id, decision: 'approve' });
    expect(await ask('watch_session', { session: asked.session })).toMatchObject({
      state: 'idle',
      outcome: 'completed',
      reply: 'It echoed.',
    });
    expect(await ask('send_message', { session: asked.session, text: 'Again', seconds: 0.2 })).toMatchObject({
      state: 'works',
      reply: null,
    });
    await ask('cancel_session', { session: asked.session });
    expect(await ask('watch_session', { session: asked.session })).toMatchObject({
      state: 'idle',
      outcome: 'cancelled',
    });
    expect(JSON.stringify(await ask('read_session', { session: asked.session }))).toContain('Echo: from outside');
    expect(await ask('watch_session', { session: 's_none' })).toContain('session_not_found: ');
    expect(await ask('start_run', { name: 'no-such-flow' })).toMatch(
      /^flow_not_found: Cannot start "no-such-flow": no flow or script has this name; there are /,
    );
  });
};
