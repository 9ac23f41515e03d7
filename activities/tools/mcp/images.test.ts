import { expect, test } from 'vitest';
import { openAttachments } from '../../../attachments/attachments.ts';
import { bomb, noise } from '../../../attachments/testing/pictures.ts';
import { temporaryFolder } from '../test-context.ts';
import { showImages } from './images.ts';

test('images of an answer are shown; what is not taken is named with the reason', async () => {
  const rows: string[] = [];
  const attachments = openAttachments({
    folder: await temporaryFolder(),
    // In the place of Postgres: what it would record.
    rows: {
      put: async ({ id }, keep) => {
        await keep();
        rows.push(id);
      },
    } as Parameters<typeof openAttachments>[0]['rows'],
  });
  const part = (bytes: Buffer) => ({ type: 'image', data: bytes.toString('base64'), mimeType: 'image/png' });
  const file = await noise({ width: 40, height: 20 }).png().toBuffer();
  const content = [
    { type: 'text', text: 'Two shots' },
    part(await noise({ width: 30, height: 20 }).png().toBuffer()),
    part(bomb({ width: 30_000, height: 30_000 })),
    { type: 'resource', resource: { uri: 'shots://3', mimeType: 'image/png', blob: file.toString('base64') } },
    { type: 'resource', resource: { uri: 'shots://4', mimeType: 'application/pdf', blob: 'AAAA' } },
  ];
  const result = await showImages({ status: 'ok', text: 'Two shots' }, content, { name: 'shots__take', attachments });
  expect(result.images).toMatchObject([
    { name: 'shots__take-1', mediaType: 'image/png', width: 30, height: 20 },
    { name: 'shots__take-3', mediaType: 'image/png', width: 40, height: 20 },
  ]);
  expect(rows).toEqual(result.images?.map(({ attachmentId }) => attachmentId));
  expect(result.text).toBe(
    'Two shots\n[Image 2 is not shown: it has 30,000 × 30,000 pixels, and at most 50 million are taken. Make it smaller]',
  );
  await attachments.close();
});
