import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { finished, startScriptOf } from '../support/scripts.ts';
import { until } from '../support/until.ts';
import { calls, type Field, toolText } from './field.ts';

export const toolsInScripts = (field: () => Field): void => {
  test("calls tools of servers and of one's own, and gives them to its agents", async () => {
    const { stack, writeTool, offers } = field();
    await writeTool('murmur', toolText('murmur', 'Makes a text soft'));
    await until('the tool', () => offers('murmur'));
    const key = randomUUID();
    stack.model.script(
      [
        calls({ name: 'local__get-sum', arguments: { a: 4, b: 5 } }, { name: 'murmur', arguments: { text: 'agent' } }),
        { reply: { text: 'Nine.' } },
      ],
      key,
    );
    const id = await startScriptOf(
      stack,
      `const failure = (promise) => promise.then(() => 'none', (error) => error.message);
       const sum = await tool('local__get-sum', { a: 2, b: 3 });
       const loud = await tool('murmur', { text: 'script' });
       const asked = await tool('local__echo', { message: 'asked' });
       const reply = await agent('${key}', { tools: ['local__*', 'murmur'] });
       const missing = await failure(tool('local__no-such', {}));
       const unknown = await failure(agent('x', { tools: ['nobody__*'] }));
       return { sum, loud, asked, reply, missing, unknown };`,
    );
    const approval = await until('the question of the script', async () =>
      (await stack.api.listApprovals()).approvals.find(({ tool }) => tool === 'local__echo'),
    );
    await stack.api.answerApproval(approval.id, { decision: 'approve' });
    const { output } = await finished(stack, id);
    expect(output).toMatchObject({
      sum: 'The sum of 2 and 3 is 5.',
      loud: '{"shouted":"SCRIPT"}',
      asked: 'Echo: asked',
      reply: 'Nine.',
      missing: expect.stringContaining('there is no such tool; nearest are local__'),
      unknown: expect.stringContaining('there is no tool "nobody__*"'),
    });
  });
};
