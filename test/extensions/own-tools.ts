import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openUnconfined } from '../../activities/tools/confine/tracked.ts';
import type { Prefix } from '../../contracts/prefix.ts';
import { openExtensions } from '../../worker/tools/extensions.ts';
import { settled } from '../support/conversation.ts';
import { until } from '../support/until.ts';
import { calls, type Field, toolText } from './field.ts';

export const ownTools = (field: () => Field): void => {
  test('is used in a turn; one that comes later begins a declared epoch, and the session is told; a restart changes nothing', async () => {
    const { stack, converse, writeTool, offers, replaceWorker } = field();
    await writeTool('shout', toolText('shout', 'Makes a text loud'));
    await until('the tool', () => offers('shout'));
    const key = randomUUID();
    stack.model.script(
      [
        calls({ name: 'shout', arguments: { text: 'hello' } }),
        { expect: { last: { content: '{"shouted":"HELLO"}' } }, reply: { text: 'HELLO' } },
        { reply: { text: 'Later.' } },
        { reply: { text: 'After a restart.' } },
      ],
      key,
    );
    const id = await converse(key, []);
    await settled(stack, id, 1);
    await writeTool('whisper', toolText('whisper', 'Makes a text quiet'));
    await until('the second tool', () => offers('whisper'));
    await stack.api.sendMessage(id, { text: 'And now?' });
    const { view } = await settled(stack, id, 2);
    const told = view.chunks.flatMap(({ body }) => (body.kind === 'system' ? [`${body.label}: ${body.text}`] : []));
    expect(told).toEqual(['tools-changed: The tools changed: new: whisper.']);
    const last = stack.model
      .requests(key)
      .at(-1)
      ?.body.tools?.map(({ function: { name } }) => name);
    expect(last).toContain('whisper');
    const rows = await stack.store.database.query<{ prefix: Prefix }>(
      `SELECT attributes -> 'prefix' AS prefix FROM spans WHERE session_id = $1 AND turn = 2 AND kind = 'model'`,
      [id],
    );
    expect(rows[0]?.prefix.break).toMatchObject({ part: 'tools', reason: 'tools', declared: true });

    await replaceWorker({ isAnew: true });
    await stack.api.sendMessage(id, { text: 'And after a restart?' });
    await settled(stack, id, 3);
    const [before, after] = stack.model.requests(key).slice(-2);
    expect(JSON.stringify(after?.body.tools)).toBe(JSON.stringify(before?.body.tools));
  });

  test('is not loaded from a project that nobody has trusted', async () => {
    const { stack, writeTool } = field();
    const look = () => ({ whole: false, knows: () => false });
    await writeTool(
      'wild',
      `${toolText('wild', 'Is wild')}\nawait import('node:fs').then((fs) => fs.writeFileSync('wild.txt', ''));`,
    );
    const distrusting = await openExtensions({
      store: stack.store,
      project: stack.workspace,
      home: path.join(stack.workspace, 'home'),
      look,
      confinement: openUnconfined(null),
      workerId: 'other',
      log: stack.log,
      config: { mcp: {} },
      source: {},
    });
    onTestFinished(() => distrusting.close());
    expect(distrusting.tools().map(({ name }) => name)).not.toContain('wild');
  });
};
