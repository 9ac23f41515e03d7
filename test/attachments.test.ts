import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bomb, noise, pdfOf, plain } from '../attachments/testing/pictures.ts';
import type { ChunkBody } from '../contracts/chunks.ts';
import type { WireMessage } from '../contracts/request.ts';
import { startBrowser } from '../ui/dev/browser.ts';
import { settled } from './support/conversation.ts';
import { openStack, type Stack } from './support/stack.ts';

let stack: Stack;
let consoleFolder: string;
beforeAll(async () => {
  consoleFolder = await mkdtemp(path.join(os.tmpdir(), 'everturn-console-'));
  const configFile = new URL('../ui/vite.config.ts', import.meta.url).pathname;
  await build({ configFile, logLevel: 'error', build: { outDir: consoleFolder } });
  stack = await openStack({ models: ['seeing', 'blind'], consoleFolder });
  await stack.startWorker();
}, 120_000);
afterAll(async () => {
  await stack.close();
  await rm(consoleFolder, { recursive: true, force: true });
});

let count = 0;
const nextKey = (): string => `key${++count}x`;

const picture = async (): Promise<Buffer> => {
  count += 1;
  return await noise({ width: 30 + count, height: 20 })
    .png()
    .toBuffer();
};

const blobOf = (bytes: Uint8Array): Blob => new Blob([new Uint8Array(bytes)]);
const attach = (bytes: Uint8Array, name = 'shot.png') => stack.api.attach(blobOf(bytes), name);

const newSession = async (model = 'seeing') => {
  const { id } = await stack.api.createSession({ workspace: stack.workspace });
  if (model !== 'seeing') await stack.api.updateSession(id, { model });
  return id;
};

type Ref = { attachmentId: string; name: string };
const say = (id: string, text: string, ...attached: Ref[]) =>
  stack.api.sendMessage(id, {
    text,
    attachments: attached.map(({ attachmentId, name }) => ({ id: attachmentId, name })),
  });

/** One turn with this attached. */
const shown = async (key: string, ...attached: Ref[]): Promise<string> => {
  stack.model.script([{ reply: { text: 'I see.' } }], key);
  const id = await newSession();
  await say(id, key, ...attached);
  await settled(stack, id, 1);
  return id;
};

const messagesOf = (key: string, request = 0): readonly WireMessage[] =>
  stack.model.requests(key)[request]?.body.messages ?? [];
const contentOf = (message: WireMessage | undefined): unknown => message?.content;
const dataUrl = (type: string, bytes: Buffer): string => `data:${type};base64,${bytes.toString('base64')}`;

const codeOf = (work: Promise<unknown>): Promise<unknown> => work.catch(({ code, message }) => `${code}: ${message}`);
const filesOf = (id: string): Promise<string[]> =>
  readdir(path.join(stack.workspace, '.everturn/attachments', id.slice(0, 2), id)).catch(() => []);
const forget = (id: string) =>
  stack.store.database.query("UPDATE attachments SET touched_at = now() - interval '2 days' WHERE id = $1", [id]);

describe('a model', () => {
  test('is shown an image as a part, with the bytes that were attached, and again in the next request', async () => {
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
    const key = nextKey();
    const bytes = await picture();
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
      { type: 'text', text: `[From read_file]\n\n[Image "plan.txt", ${30 + count} × 20 pixels]` },
      { type: 'image_url', image_url: { url: dataUrl('image/png', bytes) } },
    ]);
    await say(id, 'Sure?');
    expect(await settled(stack, id, 2)).toMatchObject({ status: 'completed' });
  });

  test('is told why an image of the workspace cannot be shown', async () => {
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
    const key = nextKey();
    const image = await attach(await picture());
    await rm(path.join(stack.workspace, '.everturn/attachments', image.attachmentId.slice(0, 2)), { recursive: true });
    await shown(key, image);
    expect(JSON.stringify(contentOf(messagesOf(key)[1]))).toContain('its file is missing');
  });
});

describe('the API', () => {
  const post = (body: Buffer | NodeJS.ReadableStream, headers: Record<string, string | number> = {}) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const asked = request(
        `${stack.baseUrl}/api/attachments?name=x.bin`,
        {
          method: 'POST',
          agent: false,
          headers: { authorization: `Bearer ${stack.token}`, 'content-type': 'application/octet-stream', ...headers },
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
    const image = await attach(await picture(), 'holiday.png');
    const id = await newSession();
    stack.model.script([{ reply: { text: 'Nice.' } }], 'holiday.png');
    await say(id, '', image);
    const { view } = await settled(stack, id, 1);
    expect(view.chunks.map(({ body }) => body.kind)).toEqual(['image', 'text']);
    expect((await stack.api.getSession(id)).session.title).toBe('holiday.png');
  });

  test('an idempotency key stands for what is attached too', async () => {
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
});

describe('what is kept', () => {
  const bodies = (chunks: readonly { body: ChunkBody }[]) => chunks.map(({ body }) => body);

  test('forks share it, and it stays until no session needs it', async () => {
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
});

describe('the console', () => {
  const type = 'image/png';
  /** Where pictures for the documents go, where they are wanted. */
  const folder = process.env.SCREENSHOTS;
  const shoot = async (page: Page, name: string): Promise<void> => {
    if (folder) await page.screenshot({ path: path.join(folder, `${name}.png`) });
  };

  /** As a browser hands over what is dropped or pasted. */
  const hand = (page: Page, how: 'drop' | 'paste', name: string, bytes: Buffer) =>
    page.evaluate(
      ([event, file, data]) => {
        const files = new DataTransfer();
        const content = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
        files.items.add(new File([content], file, { type: 'image/png' }));
        const target = document.querySelector('ev-app')?.shadowRoot?.querySelector('ev-composer') ?? document.body;
        const options = { bubbles: true, composed: true, cancelable: true };
        target.dispatchEvent(
          event === 'drop'
            ? new DragEvent('drop', { ...options, dataTransfer: files })
            : new ClipboardEvent('paste', { ...options, clipboardData: files }),
        );
      },
      [how, name, bytes.toString('base64')] as const,
    );

  test('images that are dropped, pasted and picked reach the model, and are shown small and large', async () => {
    const key = nextKey();
    stack.model.script([{ reply: { text: 'Three pictures of a harbour.' } }], key);
    const id = await newSession();
    const { browser, close } = await startBrowser();
    try {
      const page = await (await browser.newContext({ viewport: { width: 1100, height: 760 } })).newPage();
      const complaints: string[] = [];
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
          complaints.push(message.text());
      });
      await page.goto(`${stack.baseUrl}/s/${id}#token=${stack.token}`);
      await page.getByLabel('Message').waitFor();
      const chart = await sharp(
        Buffer.from(
          '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="600"><rect width="900" height="600" fill="#e8f1f5"/><path d="M0 420 Q225 360 450 420 T900 420 V600 H0z" fill="#2b6f8f"/><circle cx="700" cy="140" r="60" fill="#f2b84b"/><path d="M300 400 h180 l-40 60 h-100z" fill="#7a3b2e"/><path d="M390 400 V220 l90 150z" fill="#fff"/></svg>',
        ),
      )
        .png()
        .toBuffer();
      await hand(page, 'drop', 'harbour.png', chart);
      await hand(page, 'paste', 'pasted.png', await picture());
      const chooser = page.waitForEvent('filechooser');
      await page.getByLabel('Attach files').click();
      await (await chooser).setFiles({ name: 'picked.png', mimeType: type, buffer: await picture() });
      await hand(page, 'drop', 'bomb.png', bomb({ width: 30_000, height: 30_000 }));
      await page.getByText('at most 50 million are taken').waitFor();
      await expect.poll(() => page.getByText('Attached', { exact: true }).count()).toBe(3);
      const send = page.getByRole('button', { name: 'Send' });
      await page.getByLabel('Message').fill(`${key}: what do you see?`);
      expect(await send.isDisabled()).toBe(true);
      await shoot(page, 'attachments-refused');
      await page.getByLabel('Remove bomb.png').click();
      await send.click();
      await page.getByText('Three pictures of a harbour.', { exact: true }).waitFor();
      const parts = contentOf(messagesOf(key)[1]) as { type: string; image_url?: { url: string } }[];
      const urls = parts.flatMap(({ image_url: image }) => image?.url ?? []);
      expect(urls).toHaveLength(3);
      expect(urls[0]).toBe(dataUrl(type, chart));
      const thumb = page.getByRole('button', { name: 'Show harbour.png large' }).getByRole('img');
      await thumb.waitFor();
      expect(await thumb.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])).toEqual([
        300, 200,
      ]);
      await shoot(page, 'attachments');
      await thumb.click();
      const large = page.getByRole('dialog', { name: 'harbour.png' }).getByRole('img');
      await large.waitFor();
      await expect.poll(() => large.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(900);
      await shoot(page, 'lightbox');
      await page.keyboard.press('Escape');
      await large.waitFor({ state: 'detached' });
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  }, 90_000);
});
