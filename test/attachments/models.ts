import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { bomb, noise, pdfOf } from '../../attachments/testing/pictures.ts';
import { settled } from '../support/conversation.ts';
import { contentOf, dataUrl, type Field, nextKey, picture } from './field.ts';

export const attachmentsInModels = (field: () => Field): void => {
  test('is shown an image as a part, with the bytes that were attached, and again in the next request', async () => {
    const { stack, newSession, say, attach, messagesOf } = field();
    const key = nextKey();
    const bytes = await noise({ width: 600, height: 400 }).png().toBuffer();
    const image = await attach(bytes);
    stack.model.script([{ reply: { text: 'Noise.' } }, { reply: { text: 'Still noise.' } }], key);
    const id = await newSession();
    await say(id, `${key}: what is this?`, image);
    const { view } = await settled(stack, id, 1);
    expect(view.chunks.map(({ body }) => body.kind)).toEqual(['text', 'image', 'text']);
    const parts = [
      { type: 'text', text: `${key}: what is this?\n\n[Image "shot.png", 600 × 400 pixels]` },
      { type: 'image_url', image_url: { url: dataUrl('image/png', bytes) } },
    ];
    expect(contentOf(messagesOf(key)[1])).toEqual(parts);
    await say(id, 'And now?');
    await settled(stack, id, 2);
    const [first, second] = stack.model.requests(key).map(({ raw }) => raw);
    expect(second?.startsWith(first?.slice(0, first.lastIndexOf(']}')) ?? '-')).toBe(true);
    const { spans } = await stack.api.listSpans(id);
    const models = spans.filter(({ kind }) => kind === 'model');
    expect(models.map(({ attributes }) => (attributes.prefix as { extends: boolean }).extends)).toEqual([true, true]);
    // An image is counted by its size, not by the length of its bytes.
    expect(bytes.length).toBeGreaterThan(700_000);
    expect(Number(models[0]?.attributes.predicted)).toBeLessThan(10_000);
  });

  test('that takes no images is told so, is refused once, and goes on', async () => {
    const { stack, newSession, say, attach, messagesOf } = field();
    const key = nextKey();
    const image = await attach(await picture());
    stack.model.script(
      [
        {
          status: 400,
          error: {
            error: { message: 'Failed to deserialize: messages[1]: unknown variant `image_url`, expected `text`' },
          },
        },
        { reply: { text: 'I cannot see it.' } },
        { reply: { text: 'Nor now.' } },
      ],
      key,
    );
    const id = await newSession('blind');
    await say(id, key, image);
    expect(await settled(stack, id, 1)).toMatchObject({ status: 'completed' });
    expect(contentOf(messagesOf(key, 1)[1])).toMatch(
      /\[Image "shot\.png".*\]\n\n\[The image is not shown to you: this model takes no images/s,
    );
    await say(id, 'Look again');
    await settled(stack, id, 2);
    expect(stack.model.requests(key)).toHaveLength(3);
  });

  test('is shown all but one image that its provider refuses as it is, and the next one again', async () => {
    const { stack, newSession, say, attach, shown, messagesOf } = field();
    const key = nextKey();
    const image = await attach(await picture());
    const refusal = { error: { message: 'messages.0.content.1.image: image exceeds 5 MB maximum' } };
    stack.model.script([{ status: 400, error: refusal }, { reply: { text: 'No image came.' } }], key);
    const id = await newSession();
    await say(id, key, image);
    expect(await settled(stack, id, 1)).toMatchObject({ status: 'completed' });
    expect(contentOf(messagesOf(key, 1)[1])).toContain('the provider refused it as it is');
    const later = nextKey();
    await shown(later, image);
    expect(Array.isArray(contentOf(messagesOf(later)[1]))).toBe(true);
  });

  test('reads the text of files, and of several things at once', async () => {
    const { stack, attach, shown, messagesOf } = field();
    const key = nextKey();
    const image = await attach(await picture());
    const pdf = await attach(pdfOf('Chapter one'), 'book.pdf');
    const text = await attach(Buffer.from('a,b\n1,2\n'), 'table.csv');
    const id = await shown(key, pdf, image, text);
    const [before, , after] = contentOf(messagesOf(key)[1]) as { text: string }[];
    expect(before?.text).toContain(
      '[File "book.pdf", application/pdf, 1 page]\nChapter one\n[End of the file "book.pdf"]',
    );
    expect(after?.text).toBe('[File "table.csv", text/plain]\na,b\n1,2\n\n[End of the file "table.csv"]');
    const { results } = await stack.api.searchTranscripts({ q: 'chapter' });
    expect(results.map(({ sessionId }) => sessionId)).toEqual([id]);
  });

  test('looks at an image of the workspace by read_file', async () => {
    const { stack, newSession, say, messagesOf } = field();
    const key = nextKey();
    const bytes = await picture();
    const { width } = await sharp(bytes).metadata();
    await writeFile(path.join(stack.workspace, 'plan.txt'), bytes);
    stack.model.script(
      [
        { reply: { toolCalls: [{ name: 'read_file', arguments: '{"path":"plan.txt"}' }] } },
        { reply: { text: 'A plan.' } },
        { reply: { text: 'Yes.' } },
      ],
      key,
    );
    const id = await newSession();
    await say(id, key);
    const { view } = await settled(stack, id, 1);
    const result = view.chunks.flatMap(({ body }) => (body.kind === 'tool_result' ? [body] : []))[0];
    expect(result).toMatchObject({ status: 'ok', images: [{ name: 'plan.txt', mediaType: 'image/png', height: 20 }] });
    const roles = messagesOf(key, 1)
      .slice(-4)
      .map(({ role }) => role);
    expect(roles).toEqual(['assistant', 'tool', 'assistant', 'user']);
    expect(contentOf(messagesOf(key, 1).at(-1))).toEqual([
      { type: 'text', text: `[From read_file]\n\n[Image "plan.txt", ${width} × 20 pixels]` },
      { type: 'image_url', image_url: { url: dataUrl('image/png', bytes) } },
    ]);
    await say(id, 'Sure?');
    expect(await settled(stack, id, 2)).toMatchObject({ status: 'completed' });
  });

  test('is told why an image of the workspace cannot be shown', async () => {
    const { stack, newSession, say, messagesOf } = field();
    const key = nextKey();
    await writeFile(path.join(stack.workspace, 'bomb.png'), bomb({ width: 40_000, height: 40_000 }));
    const call = { name: 'read_file', arguments: '{"path":"bomb.png"}' };
    stack.model.script([{ reply: { toolCalls: [call] } }, { reply: { text: 'Oh.' } }], key);
    const id = await newSession();
    await say(id, key);
    await settled(stack, id, 1);
    expect(contentOf(messagesOf(key, 1).at(-1))).toBe(
      'Cannot read "bomb.png": it is an image, and it has 40,000 × 40,000 pixels, and at most 50 million are taken. Make it smaller',
    );
  });

  test('is told that the file of an image is gone', async () => {
    const { stack, attach, shown, messagesOf } = field();
    const key = nextKey();
    const image = await attach(await picture());
    await rm(path.join(stack.workspace, '.everturn/attachments', image.attachmentId.slice(0, 2)), { recursive: true });
    await shown(key, image);
    expect(JSON.stringify(contentOf(messagesOf(key)[1]))).toContain('its file is missing');
  });
};
