import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { settled } from '../support/conversation.ts';
import { until } from '../support/until.ts';
import { calls, type Field } from './field.ts';

export const serversInTurns = (field: () => Field): void => {
  test('over standard input and output and over HTTP answer in one turn', async () => {
    const { stack, converse } = field();
    const key = randomUUID();
    stack.model.script(
      [
        calls(
          { name: 'local__echo', arguments: { message: 'near' } },
          { name: 'remote__echo', arguments: { message: 'far' } },
        ),
        calls({ name: 'local__get-sum', arguments: { a: 2, b: 3 } }),
        { reply: { text: 'Done.' } },
      ],
      key,
    );
    const id = await converse(key);
    const { status, view } = await settled(stack, id, 1);
    expect(status).toBe('completed');
    const results = view.chunks.flatMap(({ body }) =>
      body.kind === 'tool_result' ? [`${body.tool} ${body.status}: ${body.text}`] : [],
    );
    expect(results).toEqual([
      'local__echo ok: Echo: near',
      'remote__echo ok: Echo: far',
      'local__get-sum ok: The sum of 2 and 3 is 5.',
    ]);
  });

  test('a call of theirs asks a person; a rule of the configuration spares it', async () => {
    const { stack, converse } = field();
    const key = randomUUID();
    stack.model.script(
      [
        calls(
          { name: 'local__get-sum', arguments: { a: 1, b: 1 } },
          { name: 'local__echo', arguments: { message: 'asked' } },
        ),
        { reply: { text: 'Done.' } },
      ],
      key,
    );
    const id = await converse(key, []);
    const approval = await until('the question', async () => (await stack.api.getSession(id)).view.approvals[0]);
    expect(approval).toMatchObject({ tool: 'local__echo', arguments: '{"message":"asked"}' });
    await stack.api.answerApproval(approval.id, { decision: 'approve' });
    const { view } = await settled(stack, id, 1);
    expect(JSON.stringify(view.chunks)).toContain('Echo: asked');
  });

  test('are listed with their tools, resources and prompts, and with what is wrong', async () => {
    const { stack } = field();
    const { builtIn, sources } = await stack.api.listTools();
    expect(builtIn.map(({ name }) => name)).toContain('read_file');
    const [local, missing] = ['local', 'missing'].map((name) => sources.find((source) => source.name === name));
    expect(local?.offers.tools.map(({ name }) => name)).toContain('local__echo');
    expect(local?.offers.resources.length).toBeGreaterThan(0);
    expect(local?.offers.prompts.length).toBeGreaterThan(0);
    expect(missing?.fault).toMatch(/^command not found: "no-such-server" in /);
  });

  test('over HTTP that were restarted are greeted anew, and the call is made', async () => {
    const { stack, httpServer, converse } = field();
    const key = randomUUID();
    await httpServer.restart();
    stack.model.script(
      [calls({ name: 'remote__echo', arguments: { message: 'again' } }), { reply: { text: 'Done.' } }],
      key,
    );
    const { view } = await settled(stack, await converse(key), 1);
    expect(view.chunks.flatMap(({ body }) => (body.kind === 'tool_result' ? [body.text] : []))).toEqual([
      'Echo: again',
    ]);
  });

  test('have resources that an agent lists and reads', async () => {
    const { stack, converse } = field();
    const key = randomUUID();
    const { sources } = await stack.api.listTools();
    const uri = sources.find(({ name }) => name === 'local')?.offers.resources[0]?.uri ?? '';
    stack.model.script(
      [
        calls({ name: 'mcp_resource', arguments: {} }, { name: 'mcp_resource', arguments: { server: 'local', uri } }),
        { reply: { text: 'Done.' } },
      ],
      key,
    );
    const { view } = await settled(stack, await converse(key), 1);
    // Both only read, so that either may end first.
    const texts = view.chunks.flatMap(({ body }) => (body.kind === 'tool_result' ? [body.text] : []));
    expect(texts).toHaveLength(2);
    expect(texts).toContainEqual(expect.stringContaining(`local: ${uri} (`));
    expect(texts).toContainEqual(expect.stringContaining(`[Resource ${uri}]`));
  });

  test('name resources in results and by templates, and those are read too', async () => {
    const { stack, converse } = field();
    const key = randomUUID();
    const { sources } = await stack.api.listTools();
    const templates = sources.flatMap(({ offers }) => offers.resources.filter(({ uri }) => uri.includes('{')));
    expect(templates.length).toBeGreaterThan(0);
    stack.model.script(
      [
        calls({ name: 'local__get-resource-links', arguments: { count: 2 } }),
        calls({ name: 'mcp_resource', arguments: { server: 'local', uri: 'demo://resource/dynamic/text/2' } }),
        { reply: { text: 'Done.' } },
      ],
      key,
    );
    const { view } = await settled(stack, await converse(key), 1);
    const texts = view.chunks.flatMap(({ body }) => (body.kind === 'tool_result' ? [body.text] : []));
    expect(texts[0]).toContain('demo://resource/dynamic/text/2');
    expect(texts[1]).toMatch(/^\[Resource demo:\/\/resource\/dynamic\/text\/2\]\n/);
  });
};
