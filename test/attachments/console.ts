import path from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { bomb } from '../../attachments/testing/pictures.ts';
import { startBrowser } from '../../ui/dev/browser.ts';
import { contentOf, dataUrl, type Field, nextKey, picture } from './field.ts';

export const attachmentsInConsole = (field: () => Field): void => {
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
    const { stack, newSession, messagesOf } = field();
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
  });
};
