import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { noise, pdfOf, plain } from '../../attachments/testing/pictures.ts';
import type { ChunkBody } from '../../contracts/chunks.ts';
import { settled } from '../support/conversation.ts';
import { codeOf, type Field, nextKey, picture } from './field.ts';

export const keptAttachments = (field: () => Field): void => {
  const bodies = (chunks: readonly { body: ChunkBody }[]) => chunks.map(({ body }) => body);

  test('forks share it, and it stays until no session needs it', async () => {
    const { stack, attach, shown, filesOf, forget } = field();
    const image = await attach(await picture());
    const id = await shown(nextKey(), image);
    const fork = await stack.api.forkSession(id);
    const { attachmentId } = image;
    await forget(attachmentId);
    await stack.api.deleteSession(id);
    expect(await stack.attachments.sweep()).toBe(0);
    expect(await filesOf(attachmentId)).toContain('content');
    await stack.api.deleteSession(fork.id);
    expect(await stack.attachments.sweep()).toBe(1);
    expect(await filesOf(attachmentId)).toEqual([]);
    expect(await codeOf(stack.api.readAttachment(attachmentId))).toMatch(/^attachment_not_found/);
  });

  test('exports carry it, and an import is a whole session', async () => {
    const { stack, attach, shown, forget } = field();
    const [image, file] = [
      await attach(await noise({ width: 1300, height: 1000 }).png().toBuffer()),
      await attach(pdfOf('Once'), 'a.pdf'),
    ];
    const id = await shown(nextKey(), image, file);
    const text = await new Response(await stack.api.exportSession(id)).text();
    expect(text.split('\n').filter((line) => line.includes('"type":"attachment"'))).toHaveLength(3);
    const before = bodies((await stack.api.getSession(id)).view.chunks);
    await stack.api.deleteSession(id);
    await Promise.all([image, file].map(({ attachmentId }) => forget(attachmentId)));
    expect(await stack.attachments.sweep()).toBe(2);
    const made = await stack.api.importSession(text);
    expect(bodies((await stack.api.getSession(made.id)).view.chunks)).toEqual(before);
    expect((await stack.api.readAttachment(image.attachmentId, 'thumb')).size).toBeGreaterThan(0);
    await Promise.all([image, file].map(({ attachmentId }) => forget(attachmentId)));
    expect(await stack.attachments.sweep()).toBe(0);
    const other = text.replace(/"data":"..../, '"data":"AAAA');
    expect(await codeOf(stack.api.importSession(other))).toMatch(/attachment_refused|import_invalid/);
    const without = text.split('\n').filter((line) => !line.includes('"type":"attachment"'));
    const fewer = without.join('\n').replace(',"attachments":2', '');
    expect(await codeOf(stack.api.importSession(fewer))).toMatch(
      /^import_invalid: .*line 4: attachment .* is not in the file/,
    );
  });

  test('what was just attached is not removed, nor what is attached again meanwhile', async () => {
    const { stack, attach, filesOf, forget } = field();
    const bytes = await picture();
    const { attachmentId } = await attach(bytes);
    expect(await stack.attachments.sweep()).toBe(0);
    await forget(attachmentId);
    await attach(bytes);
    expect(await stack.attachments.sweep()).toBe(0);
    await forget(attachmentId);
    // Both at once, over and over: whoever comes first, what was attached is there in the end.
    for (let round = 0; round < 10; round++) {
      await Promise.all([stack.attachments.sweep(), attach(bytes), forget(attachmentId)]);
      if (await stack.attachments.find(attachmentId)) expect(await filesOf(attachmentId)).toContain('content');
      await attach(bytes);
      expect(await filesOf(attachmentId)).toContain('content');
    }
  });

  test('what no row knows goes, and what was left over of uploads', async () => {
    const { stack, filesOf } = field();
    const stray = 'b'.repeat(64);
    const folder = path.join(stack.workspace, '.everturn/attachments');
    await mkdir(path.join(folder, 'bb', stray), { recursive: true });
    await writeFile(path.join(folder, 'bb', stray, 'content'), 'x');
    const left = path.join(folder, 'incoming/a-left');
    await mkdir(left, { recursive: true });
    await stack.attachments.adoptStrays();
    await stack.attachments.sweep();
    expect(await filesOf(stray)).toEqual(['content']);
    const old = new Date(Date.now() - 2 * 86_400_000);
    await utimes(path.join(folder, 'bb', stray), old, old);
    await utimes(left, old, old);
    await stack.attachments.adoptStrays();
    expect(await stack.attachments.sweep()).toBe(1);
    expect(await filesOf(stray)).toEqual([]);
    expect(await readdir(path.join(folder, 'incoming'))).toEqual([]);
  });

  test('a message that waits shows what is attached to it', async () => {
    const { stack, newSession, say, attach } = field();
    const key = nextKey();
    const image = await attach(await plain({ width: 5, height: 5 }).png().toBuffer());
    stack.model.script(
      [{ pauseAfter: { pieces: 0, gate: key }, reply: { text: 'One.' } }, { reply: { text: 'Two.' } }],
      key,
    );
    const id = await newSession();
    await say(id, key);
    await stack.model.reached(key);
    await say(id, 'and this', image);
    const { view } = await stack.api.getSession(id);
    expect(view.waiting).toMatchObject([
      { text: 'and this', attachments: [{ id: image.attachmentId, name: 'shot.png' }] },
    ]);
    stack.model.open(key);
    await settled(stack, id, 2);
  });
};
