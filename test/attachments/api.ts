import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { bomb, noise } from '../../attachments/testing/pictures.ts';
import { settled } from '../support/conversation.ts';
import { codeOf, type Field, nextKey, picture, type Ref } from './field.ts';

export const attachmentsInApi = (field: () => Field): void => {
  const post = (body: Buffer | NodeJS.ReadableStream, headers: Record<string, string | number> = {}) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const asked = request(
        `${field().stack.baseUrl}/api/attachments?name=x.bin`,
        {
          method: 'POST',
          agent: false,
          headers: {
            authorization: `Bearer ${field().stack.token}`,
            'content-type': 'application/octet-stream',
            ...headers,
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (piece: string) => {
            text += piece;
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
        },
      );
      asked.on('error', reject);
      if (Buffer.isBuffer(body)) asked.end(body);
      else body.pipe(asked);
    });

  test('gives back what was attached, and its thumbnail, as nothing that a browser runs', async () => {
    const { stack, attach } = field();
    const bytes = await noise({ width: 900, height: 300 }).jpeg().toBuffer();
    const image = await attach(bytes, 'photo of us.png');
    expect(image).toMatchObject({ kind: 'image', name: 'photo of us.png', mediaType: 'image/jpeg', width: 900 });
    expect(Buffer.from(await (await stack.api.readAttachment(image.attachmentId)).arrayBuffer())).toEqual(bytes);
    const thumb = await stack.api.readAttachment(image.attachmentId, 'thumb');
    expect(await sharp(await thumb.arrayBuffer()).metadata()).toMatchObject({ width: 300, height: 100 });
    const page = await attach(Buffer.from('<script>alert(1)</script>'), 'page.html');
    const response = await fetch(`${stack.baseUrl}/api/attachments/${page.attachmentId}`, {
      headers: { authorization: `Bearer ${stack.token}` },
    });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/plain',
      'content-disposition': 'attachment',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    });
  });

  test('the same bytes are kept once, whatever their name', async () => {
    const { attach } = field();
    const bytes = await picture();
    const [one, two] = await Promise.all([attach(bytes, 'one.png'), attach(bytes, 'two.png')]);
    expect(one.attachmentId).toBe(two.attachmentId);
    expect([one.name, two.name]).toEqual(['one.png', 'two.png']);
  });

  test.each<[string, () => Buffer, string]>([
    [
      'a bomb',
      () => bomb({ width: 30_000, height: 30_000 }),
      'attachment_refused: Cannot attach "shot.png": it has 30,000 × 30,000 pixels, and at most 50 million are taken. Make it smaller',
    ],
    [
      'an SVG',
      () => Buffer.from('<svg onload="alert(1)"/>'),
      'attachment_refused: Cannot attach "shot.png": it is an SVG, which can hold scripts. Attach it as a png image, or put it into the workspace to have it read as text',
    ],
    [
      'an archive that says it is a png',
      () => Buffer.from('PK\x03\x04...'),
      'attachment_refused: Cannot attach "shot.png": it is a ZIP archive, as Office documents are. Attach a png, jpeg, webp or gif image, a PDF, or a text file',
    ],
    ['nothing', () => Buffer.alloc(0), 'attachment_refused: Cannot attach "shot.png": it is empty'],
  ])('%s is refused', async (_what, bytes, message) => {
    const { attach } = field();
    expect(await codeOf(attach(bytes()))).toBe(message);
  });

  test('more bytes than are allowed are refused, told beforehand or not', async () => {
    const most = 20 * 1024 * 1024;
    const answer = await post(Buffer.alloc(10), { 'content-length': most + 1 }).catch((error: Error) => error.message);
    expect(answer).toMatchObject({ status: 413 });
    const { Readable } = await import('node:stream');
    const endless = Readable.from(
      (function* () {
        for (let piece = 0; piece < 400; piece++) yield Buffer.alloc(64 * 1024, 1);
      })(),
    );
    const chunked = await post(endless);
    expect(JSON.parse(chunked.body)).toMatchObject({
      status: 413,
      code: 'attachment_too_large',
      detail:
        'Cannot attach "x.bin": it has more than 20 MB. Make it smaller, or raise attachments.bytes in everturn.yaml',
    });
  });

  test.each([
    ['another kind of body', { 'content-type': 'image/png' }, 415],
    ['nobody', { authorization: '' }, 401],
    ['a page of another site', { origin: 'https://evil.example' }, 403],
  ])('from %s nothing is taken', async (_who, headers, status) => {
    expect((await post(await picture(), headers)).status).toBe(status);
  });

  test('an upload that is cut off leaves nothing', async () => {
    const { stack } = field();
    const asked = request(`${stack.baseUrl}/api/attachments`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${stack.token}`,
        'content-type': 'application/octet-stream',
        'content-length': 100_000,
      },
    });
    asked.on('error', () => {});
    asked.write(Buffer.alloc(50_000));
    const place = path.join(stack.workspace, '.everturn/attachments/incoming');
    await expect.poll(() => readdir(place)).toHaveLength(1);
    asked.destroy();
    await expect.poll(() => readdir(place)).toEqual([]);
  });

  test('names must be names, and ids must be there', async () => {
    const { stack, newSession, say, attach } = field();
    const id = await newSession();
    const unknown = { attachmentId: 'a'.repeat(64), name: 'x' };
    expect(await codeOf(say(id, 'Hello', unknown))).toMatch(
      /^attachment_not_found: Cannot send the message: an attachment/,
    );
    expect(await codeOf(say(id, 'Hello', { attachmentId: '../../etc/passwd', name: 'x' }))).toMatch(/^bad_request/);
    expect(await codeOf(stack.api.readAttachment('a'.repeat(64)))).toMatch(/^attachment_not_found/);
    expect(await codeOf(attach(await picture(), 'two\nlines'))).toMatch(/^bad_request/);
    const image = await attach(await picture());
    expect(await codeOf(say(id, 'Hello', image, image))).toMatch(/expected each attachment once/);
    expect(await codeOf(say(id, ''))).toMatch(/expected at least one character, or an attachment/);
    expect((await stack.api.getSession(id)).view.chunks).toEqual([]);
  });

  test('a message may be an image alone; the session gets its name', async () => {
    const { stack, newSession, say, attach } = field();
    const image = await attach(await picture(), 'holiday.png');
    const id = await newSession();
    stack.model.script([{ reply: { text: 'Nice.' } }], 'holiday.png');
    await say(id, '', image);
    const { view } = await settled(stack, id, 1);
    expect(view.chunks.map(({ body }) => body.kind)).toEqual(['image', 'text']);
    expect((await stack.api.getSession(id)).session.title).toBe('holiday.png');
  });

  test('an idempotency key stands for what is attached too', async () => {
    const { stack, newSession, attach } = field();
    const [one, two] = [await attach(await picture()), await attach(await picture())];
    const key = nextKey();
    stack.model.script([{ reply: { text: 'Yes.' } }], key);
    const id = await newSession();
    const send = ({ attachmentId, name }: Ref) =>
      stack.api.sendMessage(
        id,
        { text: key, attachments: [{ id: attachmentId, name }] },
        { idempotencyKey: `once ${key}` },
      );
    const first = await send(one);
    expect(await send(one)).toEqual(first);
    expect(await codeOf(send(two))).toMatch(/^idempotency_mismatch/);
    await settled(stack, id, 1);
  });
};
