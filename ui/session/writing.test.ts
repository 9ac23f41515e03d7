import { describe, expect, test } from 'vitest';
import { consoleTest, eventually } from '../dev/console-test.ts';

const attachment = {
  kind: 'file',
  attachmentId: 'a'.repeat(64),
  name: 'buoy.txt',
  mediaType: 'text/plain',
  bytes: 5,
  pages: null,
  characters: 5,
};

describe('what a person writes', () => {
  const shown = consoleTest();

  const session = (title = ''): string => shown.server.fakeSessions.create({ title }).id;
  const view = (id: string) => shown.server.fakeSessions.entry(id).stream.view;
  const stored = (name: string) => shown.page.evaluate((key) => JSON.parse(localStorage.getItem(key) ?? 'null'), name);

  test('a touch keyboard has no Shift Enter: Enter begins a new line there, and fields are not zoomed into', async () => {
    await shown.serve();
    const id = session();
    const page = await shown.open(`/s/${id}`, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    const message = page.getByRole('textbox', { name: 'Message' });
    await message.fill('first');
    await message.press('Enter');
    await page.keyboard.type('second');
    expect(await message.inputValue()).toBe('first\nsecond');
    expect(await message.evaluate((it) => Number.parseFloat(getComputedStyle(it).fontSize))).toBeGreaterThanOrEqual(16);
    // A keyboard that is attached to it has one.
    await message.press('Control+Enter');
    await eventually(() => view(id).turns[1]?.status).toBeDefined();
  });

  test('the Enter that ends a composition sends nothing, in Safari too', async () => {
    await shown.serve();
    const id = session();
    const page = await shown.open(`/s/${id}`);
    const message = page.getByRole('textbox', { name: 'Message' });
    await message.fill('にほん');
    const press = (keyCode: number) =>
      message.evaluate((it, code) => {
        const event = new KeyboardEvent('keydown', { key: 'Enter', keyCode: code, bubbles: true, composed: true });
        it.dispatchEvent(event);
      }, keyCode);
    await press(229);
    expect(await message.inputValue()).toBe('にほん');
    await press(13);
    await eventually(() => message.inputValue()).toBe('');
  });

  test('two tabs keep the drafts and unsent messages of each other', async () => {
    await shown.serve();
    const [one, other] = [session('One'), session('Other')];
    const page = await shown.open(`/s/${one}`);
    const second = await page.context().newPage();
    await second.goto(`${shown.server.url}/s/${other}`);
    await second.getByText('Live', { exact: true }).waitFor();
    const message = page.getByRole('textbox', { name: 'Message' });
    await page.route('**/messages', (route) => route.abort());
    await message.fill('unsent');
    await message.press('Enter');
    await page.getByRole('button', { name: 'Send again' }).waitFor();
    await message.fill('of the first');
    await second.route('**/messages', (route) => route.abort());
    await second.getByRole('textbox', { name: 'Message' }).fill('also unsent');
    await second.keyboard.press('Enter');
    await second.getByRole('button', { name: 'Send again' }).waitFor();
    await second.getByRole('textbox', { name: 'Message' }).fill('of the second');
    expect(await stored('everturn.drafts')).toEqual({ [one]: 'of the first', [other]: 'of the second' });
    expect((await stored('everturn.outbox')).map(({ text }: { text: string }) => text)).toEqual([
      'unsent',
      'also unsent',
    ]);
    await second.getByRole('button', { name: 'Discard' }).click();
    await second.getByRole('textbox', { name: 'Message' }).fill('');
    expect(await stored('everturn.drafts')).toEqual({ [one]: 'of the first' });
    expect((await stored('everturn.outbox')).map(({ text }: { text: string }) => text)).toEqual(['unsent']);
  });

  test('attached files survive a reload, until their message is sent', async () => {
    await shown.serve();
    const id = session();
    const page = await shown.open(`/s/${id}`);
    await page.route('**/api/attachments?*', (route) => route.fulfill({ json: attachment }));
    await page.getByText('Live', { exact: true }).waitFor();
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File(['buoys'], 'buoy.txt', { type: 'text/plain' }));
      document.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    });
    const attached = page.getByRole('list', { name: 'Attachments' });
    await attached.getByText('Attached').waitFor();
    await page.reload();
    await attached.getByText('buoy.txt').waitFor();
    const sent = page.waitForRequest('**/messages');
    await page.getByRole('textbox', { name: 'Message' }).fill('Read it');
    await page.keyboard.press('Enter');
    expect((await sent).postDataJSON().attachments).toEqual([{ id: attachment.attachmentId, name: 'buoy.txt' }]);
    expect(await attached.count()).toBe(0);
    expect(await stored('everturn.attaching')).toEqual({});
  });

  test('a page on plain HTTP, which has no clipboard, copies too', async () => {
    await shown.serve();
    const id = session();
    shown.server.fakeSessions.say(id, 'Copy this:\n\n```sh\nnpm test\n```');
    const page = await shown.open(`/s/${id}`);
    await page.evaluate(() => {
      Object.defineProperty(globalThis, 'isSecureContext', { value: false });
      Object.defineProperty(navigator, 'clipboard', { value: undefined });
    });
    await page.getByRole('button', { name: 'Copy code' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    await page.getByRole('textbox', { name: 'Message' }).focus();
    await page.keyboard.press('Control+v');
    expect(await page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('npm test');
  });

  test('text that is read from right to left begins at the right', async () => {
    await shown.serve();
    const id = session();
    shown.server.fakeSessions.say(id, 'شرح الخطة هنا.\n\n- المصباح الأول\n- المصباح الثاني\n\nAnd in English.');
    const page = await shown.open(`/s/${id}`);
    await page.getByText('And in English').waitFor();
    const message = page.getByRole('textbox', { name: 'Message' });
    await message.fill('ما هي الملفات؟');
    expect(await message.evaluate((it) => getComputedStyle(it).direction)).toBe('rtl');
    const sides = await page.locator('ev-markdown').evaluate((it) => {
      const begins = (node: Element): 'left' | 'right' => {
        const range = document.createRange();
        range.selectNodeContents(node);
        const [text, box] = [range.getBoundingClientRect(), node.getBoundingClientRect()];
        return text.left - box.left < box.right - text.right ? 'left' : 'right';
      };
      return [...(it.shadowRoot?.querySelectorAll('p, li') ?? [])].map(begins);
    });
    expect(sides).toEqual(['right', 'right', 'right', 'left']);
  });
});
