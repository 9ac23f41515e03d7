import { beforeEach, describe, expect, test } from 'vitest';
import { consoleTest, eventually } from '../dev/console-test.ts';
import { harbourScene } from '../dev/session-scene.ts';

const wide = { viewport: { width: 1440, height: 900 } };

describe('beside a conversation', () => {
  const harness = consoleTest();
  const { serve, open } = harness;
  let id: string;

  beforeEach(async () => {
    const server = await serve({ pace: 0 });
    id = await harbourScene(server);
  });

  test('turns, what the cache served and what a crash did not cost; a click scrolls, and the turn is marked', async () => {
    const page = await open(`/s/${id}`, wide);
    const list = page.getByRole('list', { name: 'Turns, the newest first' });
    await list.getByRole('listitem').nth(3).waitFor();
    expect(await list.getByRole('listitem').count()).toBe(4);
    await page
      .locator('ev-session-header')
      .getByText('1 crash survived · 1 call not paid twice · $0.0021 saved')
      .waitFor();
    // A sign beside each colour: the first turn was read from its beginning, the second is cached above 60 %.
    const audit = list.getByRole('button', { name: /Audit the sources.*7\d % from the cache/s });
    await audit.getByText('▲').waitFor();
    await list
      .getByRole('button', { name: /Which files are here/ })
      .getByText('◆')
      .waitFor();
    const columns = page.getByRole('region', { name: 'Cache shape' }).getByRole('button');
    expect(await columns.first().getAttribute('aria-label')).toMatch(/^Turn 1: tools: 700 (?:read|cached)/);
    await page.getByText(/cached overall/).waitFor();
    await list.getByRole('button', { name: /Which files are here/ }).click();
    await eventually(() => new URL(page.url()).hash).toBe('#turn-1');
    await eventually(() =>
      page.locator('ev-turn#turn-1').evaluate((turn) => Math.round(turn.getBoundingClientRect().top)),
    ).toBeLessThan(200);
    await page.locator('ev-turn-list li button[aria-current]', { hasText: 'Which files are here' }).waitFor();
    expect(harness.complaints).toEqual([]);
  });

  test('calls in a row are one line that opens; a call is inspected, and its address leads back to it', async () => {
    const page = await open(`/s/${id}`, wide);
    const line = page.getByRole('button', { name: /12 reads, 1 search/ });
    await line.scrollIntoViewIfNeeded();
    expect(await page.getByRole('button', { name: 'Inspect read_file' }).count()).toBe(0);
    await line.click();
    await page.getByRole('button', { name: 'Inspect search_files' }).click();
    const inspector = page.locator('ev-inspector');
    await inspector.getByText('src/plan.ts:6: tide.at - 3600').waitFor();
    await eventually(() => new URL(page.url()).hash).toBe('#turn-2/step-1/call-12');
    await page.reload();
    await inspector.getByText('src/plan.ts:6: tide.at - 3600').waitFor();
    // The line that holds it is open, and the turn is on the screen.
    await page.locator('ev-tool-card').getByText('search_files').first().waitFor();
    await eventually(() =>
      page.locator('ev-turn#turn-2').evaluate((turn) => turn.getBoundingClientRect().top < innerHeight),
    ).toBe(true);
    await inspector.getByRole('button', { name: 'Model request' }).click();
    await inspector.getByText('Its hash is the one recorded when it was sent').waitFor();
    await inspector.getByText('Prefix broken here: prune').waitFor();
    await inspector.getByRole('row', { name: /conversation/ }).waitFor();
    await inspector.getByRole('button', { name: 'Raw JSON' }).click();
    await inspector.getByText('"name": "read_file"').first().waitFor();
    await inspector.getByRole('button', { name: 'Close' }).click();
    await eventually(() => new URL(page.url()).hash).toBe('');
    await page.goto(`${harness.server.url}/s/${id}#chunk-99999&token=${harness.server.token}`);
    await page.reload();
    await inspector.getByText('There is nothing at this address').waitFor();
  });

  test('changes are applied by hunk, rejected, undone; commands are stopped; the list of the agent is live', async () => {
    const page = await open(`/s/${id}`, wide);
    const side = page.locator('ev-side');
    await side.getByRole('tab', { name: /Changes 2 waiting/ }).click();
    await side.getByRole('button', { name: /src\/plan\.ts.*waiting/ }).click();
    await side.getByRole('checkbox').nth(1).uncheck();
    await side.getByRole('button', { name: 'Apply 1 hunk' }).click();
    await side.getByRole('button', { name: /src\/plan\.ts.*applied/ }).waitFor();
    expect(harness.server.fakeBeside.of(id).changes[0]).toMatchObject({ state: 'applied', chosen: [0] });
    await side.getByRole('button', { name: 'Undo turn' }).click();
    await side.getByRole('button', { name: /data\/tides\.csv.*undone/ }).waitFor();
    await side.getByRole('button', { name: 'Reject it' }).click();
    await side.getByRole('button', { name: /lead-times\.md.*rejected/ }).waitFor();
    await side.getByRole('tab', { name: 'Tasks' }).click();
    await side.getByText('3 of 4 done').waitFor();
    await side.getByText('exit code 1').waitFor();
    await side.getByRole('button', { name: /^Stop npm run dev/ }).click();
    await side.getByText('stopped').waitFor();
  });

  test('a question is answered in place; an agent in the background has a card of its own', async () => {
    const { server } = harness;
    const asking = server.fakeSessions.create({ title: 'Zones' }).id;
    server.fakeSessions.send(asking, { text: 'In which zone is the plan?' });
    const page = await open(`/s/${asking}`, wide);
    const form = page.getByRole('region', { name: /^Question of the agent/ });
    await form.getByRole('button', { name: 'Send answer' }).click();
    await form.getByText('Answer the question first, or decline it.').waitFor();
    await form.getByLabel('UTC').check();
    await form.getByRole('button', { name: 'Send answer' }).click();
    await page.getByText('Good. I write it into the head of the plan.', { exact: true }).waitFor();
    await page.goto(`${server.url}/s/${id}#token=${server.token}`);
    const card = page.getByRole('region', { name: 'From the background agent Check ten years of tide tables' });
    await card.getByText('3,652 days').waitFor();
    expect(await page.locator('ev-user-text', { hasText: '[Background agent' }).count()).toBe(0);
  });

  test('a message that waits is edited and withdrawn; permissions and the model change; a message is edited in a fork', async () => {
    const { server } = harness;
    await server.close();
    const slow = await serve({ pace: 80 });
    const session = slow.fakeSessions.create({ title: 'Round' }).id;
    slow.fakeSessions.send(session, { text: 'A long and slow round' });
    const page = await open(`/s/${session}`, wide);
    const composer = page.getByRole('textbox', { name: 'Message' });
    await page.getByText('Part 1.').waitFor();
    for (const text of ['First thought', 'Second thought']) {
      await composer.fill(text);
      await page.keyboard.press('Enter');
      await page.locator('ev-pending').getByText(text).waitFor();
    }
    await page.getByRole('button', { name: 'Withdraw' }).nth(1).click();
    await eventually(() => page.getByRole('button', { name: 'Withdraw' }).count()).toBe(1);
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await eventually(() => composer.inputValue()).toBe('First thought');
    await eventually(() => page.getByRole('button', { name: 'Withdraw' }).count()).toBe(0);
    expect(await page.getByLabel('Model', { exact: true }).isDisabled()).toBe(true);
    await page.getByLabel('Permissions').selectOption('Writes without asking');
    await eventually(() => slow.fakeSessions.entry(session).stream.session.allow).toEqual(['write']);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByText('Cancelled. Finished work is kept.').waitFor();
    await page.getByLabel('Model', { exact: true }).selectOption('example-large');
    await eventually(() => slow.fakeSessions.entry(session).stream.session.model).toBe('example-large');
    await page.getByRole('button', { name: 'Edit in a fork' }).click();
    await eventually(() => page.url()).not.toContain(`/s/${session}`);
    await eventually(() => composer.inputValue()).toBe('A long and slow round');
  });

  test('on a phone the details lie over the conversation, and close', async () => {
    const page = await open(`/s/${id}#turn-2/step-3/call-0`, { viewport: { width: 390, height: 844 } });
    const side = page.locator('ev-side');
    await side.getByText('Changed files').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await side.getByRole('button', { name: 'Close' }).first().click();
    await eventually(() => side.evaluate((element) => getComputedStyle(element).visibility)).toBe('hidden');
    await page.getByRole('button', { name: 'Turns, changes and tasks' }).click();
    await eventually(() => side.evaluate((element) => getComputedStyle(element).visibility)).toBe('visible');
  });
});
