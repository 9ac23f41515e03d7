import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { consoleTest, eventually } from '../dev/console-test.ts';
import { payloads } from '../dev/payloads.ts';
import { richReply } from '../dev/rich-reply.ts';

/** Runs in the page: an element of ours on a stage of its own, drawn. */
const mount = async (page: Page, tag: string, make: string): Promise<void> =>
  page.evaluate(
    async ([name = '', source = '']) => {
      const stage = document.querySelector('#stage') ?? document.body.appendChild(document.createElement('div'));
      Object.assign(stage, { id: 'stage' });
      Object.assign((stage as HTMLElement).style, {
        position: 'fixed',
        inset: '0',
        zIndex: '9',
        overflow: 'auto',
        background: 'canvas',
      });
      stage.replaceChildren();
      const frame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()));
      const properties = (globalThis as unknown as { texts: Record<string, () => object> }).texts[source]?.() ?? {};
      await frame();
      const element = document.createElement(name) as HTMLElement & { updateComplete: Promise<boolean> };
      stage.append(Object.assign(element, properties));
      await element.updateComplete;
      await frame();
      await frame();
    },
    [tag, make],
  );

/** Texts are made in the page: to hand them over would be a long task itself. */
const makeTexts = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const lines = (count: number, text: (at: number) => string): string =>
      Array.from({ length: count }, (_, at) => text(at)).join('');
    const code = (salt: number) =>
      lines(60_000, (at) => `const line${at} = ${at % 50 === 0 ? at * salt : at}; // the lamp of buoy ${at % 17}\n`);
    Object.assign(globalThis, {
      texts: {
        '50,000 >': () => ({ text: '>'.repeat(50_000) }),
        '5,000 nested lists': () => ({ text: `${'- '.repeat(5000)}x` }),
        'a line of 190,000 characters': () => ({ text: 'word '.repeat(38_000) }),
        'a line of 1 MB': () => ({ text: 'x'.repeat(1_048_576) }),
        'a table of 20,000 rows': () => ({ text: `|a|b|\n|-|-|\n${'|x|y|\n'.repeat(19_000)}` }),
        'a table of 100,000 rows': () => ({ text: `|a|b|\n|-|-|\n${'|x|y|\n'.repeat(100_000)}` }),
        'a table of 4,000 rows': () => ({ text: `|a|b|\n|-|-|\n${lines(4000, (at) => `|row ${at}|\`y\`|\n`)}` }),
        'unclosed fences': () => ({ text: lines(3000, (at) => `\`\`\`js\nlet a${at} = "x";\n`) }),
        'unclosed formulas': () => ({ text: lines(3000, (at) => `$$ x_${at} \\( y $ z\n\n`) }),
        '2,500 paragraphs': () => ({
          text: lines(2500, (at) => `Paragraph **${at}** with \`code\` and [a link](https://a.example/${at}).\n\n`),
        }),
        '3,000 items': () => ({ text: lines(3000, (at) => `${at + 1}. item *${at}*\n`) }),
        '10,000 lines of code': () => ({ text: `\`\`\`ts\n${lines(10_000, (at) => `const a${at} = ${at};\n`)}\`\`\`` }),
        '60,000 changed lines': () => ({ from: code(1), to: code(2), path: 'a.ts' }),
        'a new file': () => ({ from: '', to: code(1).slice(0, 200_000), path: 'a.ts' }),
        '20 MB': () => ({
          text: lines(270_000, (at) => `${at} The quick brown fox jumps over the lazy dog and logs a line about it\n`),
        }),
      },
    });
  });

const allowedTags = new Set(
  'A BR BUTTON CODE DIV EM EV-CODE EV-COPY EV-LONG-TEXT H1 H2 H3 H4 H5 H6 HR LI OL P PATH PRE SPAN STRONG SUP SVG TABLE TBODY TD TH THEAD TR UL BLOCKQUOTE DEL LINE'.split(
    ' ',
  ),
);

/** What is in the formatted texts of the page and was not to be there. */
const strangers = (page: Page): Promise<string[]> =>
  page.evaluate(
    (allowed) => {
      const found: string[] = [];
      const roots: (Document | ShadowRoot)[] = [document];
      for (const root of roots) {
        for (const element of root.querySelectorAll('*')) if (element.shadowRoot) roots.push(element.shadowRoot);
      }
      const texts = roots.flatMap((root) => [...root.querySelectorAll('ev-markdown')]);
      for (const text of texts) {
        for (const element of text.shadowRoot?.querySelectorAll('.prose *') ?? []) {
          if (!allowed.includes(element.tagName.toUpperCase())) found.push(`<${element.tagName}>`);
          for (const { name, value } of element.attributes) {
            const isFormula = element.closest('.formula') !== null;
            if (/^on|^(?:id|name|src|srcset|srcdoc|action|formaction)$/.test(name)) found.push(`${name}=${value}`);
            if (name === 'style' && (!isFormula || /url|expression|fixed|absolute/i.test(value)))
              found.push(`${name}=${value}`);
            if (name.endsWith('href') && !/^(?:https?:\/\/|mailto:)/.test(value)) found.push(`${name}=${value}`);
          }
        }
      }
      return texts.length === 0 ? ['no text'] : [...new Set(found)];
    },
    [...allowedTags],
  );

describe('text in Chromium', () => {
  const shown = consoleTest();

  /** A page where every script, refused load and request to elsewhere is counted. */
  const openGuarded = async (reply: string): Promise<{ page: Page; id: string; faults: () => Promise<unknown> }> => {
    const server = await shown.serve({ pace: 0 });
    const { id } = server.fakeSessions.create({ title: 'Texts' });
    server.fakeSessions.say(id, reply);
    const page = await shown.open(`/s/${id}`);
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url)) elsewhere.push(request.url());
    });
    page.on('dialog', (dialog) => {
      elsewhere.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.evaluate(() => {
      const seen: string[] = [];
      Object.assign(globalThis, { seen, alert: () => seen.push('script') });
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        seen.push(`${violatedDirective} ${blockedURI}`),
      );
    });
    await page.locator('ev-markdown').first().waitFor();
    const faults = async () => ({
      seen: await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen),
      elsewhere,
      complaints: shown.complaints,
      strangers: await strangers(page),
    });
    return { page, id, faults };
  };
  const none = { seen: [], elsewhere: [], complaints: [], strangers: [] };

  test('nothing of what a model writes runs or loads, wherever its text is cut while it comes', async () => {
    const { page, faults } = await openGuarded('Hello.');
    const cuts = await page.evaluate(async (all) => {
      const stage = document.body.appendChild(document.createElement('div'));
      /** Before and after every character that is not of a word. */
      const ends = (text: string): number[] =>
        [...Array(text.length).keys()].filter(
          (at) => at > 0 && (/\W/.test(text[at] ?? '') || /\W/.test(text[at - 1] ?? '')),
        );
      const counts = await Promise.all(
        all.map(async (text) => {
          const element = document.createElement('ev-markdown') as HTMLElement & { updateComplete: Promise<boolean> };
          stage.append(Object.assign(element, { streaming: true }));
          for (const end of ends(text)) {
            Object.assign(element, { text: text.slice(0, end) });
            await element.updateComplete;
          }
          Object.assign(element, { text, streaming: false });
          await element.updateComplete;
          return ends(text).length;
        }),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    }, Object.values(payloads).flat());
    expect(cuts).toBeGreaterThan(1500);
    expect(await faults()).toEqual(none);
  });

  test('nor does it in a stream, in thoughts, calls, results and errors', async () => {
    const { page, id, faults } = await openGuarded('Hello.');
    const { stream } = shown.server.fakeSessions.entry(id);
    const all = Object.values(payloads).flat();
    const text = all.join('\n\n');
    const chunk = stream.chunk(2, 0, 0, { kind: 'text', role: 'user', text });
    const startedAt = new Date().toISOString();
    const place = { turn: 2, step: 1, fence: 1 };
    stream.append({ type: 'turn.started', turn: 2, messageId: 'm', startedAt, chunks: [chunk] });
    stream.append({ type: 'step.started', ...place, model: '<img src=x onerror=alert(1)>' });
    for (let at = 0, size = 1; at < text.length; at += size, size = (size % 7) + 1) {
      stream.append({
        type: 'delta',
        ...place,
        parts: [{ ordinal: 0, kind: 'text', text: text.slice(at, at + size) }],
      });
      if (at % 200 < 4) await page.evaluate(() => undefined);
    }
    const call = {
      kind: 'tool_call' as const,
      callId: 'c',
      tool: all[2] ?? '',
      arguments: JSON.stringify({ path: text }),
    };
    const chunks = [
      stream.chunk(2, 1, 0, { kind: 'text', role: 'assistant', text }),
      stream.chunk(2, 1, 1, { kind: 'thinking', text }),
      stream.chunk(2, 1, 2, call),
    ];
    stream.append({ type: 'step.sealed', turn: 2, step: 1, chunks });
    const result = stream.chunk(2, 1, 9_000, {
      kind: 'tool_result',
      callId: 'c',
      tool: 'x',
      status: 'error',
      text,
      durationMs: 1,
    });
    stream.append({ type: 'tool.sealed', turn: 2, step: 1, call: 0, chunks: [result] });
    const error = stream.chunk(2, 1, 9_500, { kind: 'error', code: 'internal', message: text });
    stream.append({
      type: 'turn.settled',
      turn: 2,
      status: 'failed',
      code: 'internal',
      durationMs: 1,
      chunks: [error],
    });
    await page.getByRole('group', { name: 'Error' }).waitFor();
    for (const name of [/onerror/, /Thought/]) await page.getByRole('button', { name }).first().click();
    await eventually(async () => (await strangers(page)).length).toBe(0);
    expect(await faults()).toEqual(none);
  });

  test('large texts are drawn as far as they are seen', async () => {
    const { page, faults } = await openGuarded('Hello.');
    await makeTexts(page);
    const draw = async (tag: string, name: string): Promise<number> => {
      await mount(page, tag, name);
      return page.locator('#stage').evaluate((stage) => {
        const count = (root: ParentNode): number =>
          [...root.querySelectorAll('*')].reduce((sum, it) => sum + 1 + (it.shadowRoot ? count(it.shadowRoot) : 0), 0);
        return count(stage);
      });
    };
    const stage = page.locator('#stage');
    for (const name of [
      '50,000 >',
      '5,000 nested lists',
      'a line of 190,000 characters',
      'a line of 1 MB',
      'a table of 20,000 rows',
      'a table of 100,000 rows',
    ]) {
      expect(await draw('ev-markdown', name), name).toBeLessThan(100);
      await stage.getByText('Plain text: not formatted because of').waitFor();
    }
    expect(await draw('ev-markdown', 'a table of 4,000 rows')).toBeLessThan(1500);
    await stage.getByRole('button', { name: 'Show more rows (3,800 left)' }).click();
    await stage.getByText('row 399', { exact: true }).waitFor();
    for (const name of ['unclosed fences', 'unclosed formulas', '2,500 paragraphs', '3,000 items']) {
      expect(await draw('ev-markdown', name), name).toBeGreaterThan(10);
    }
    expect(await draw('ev-markdown', '10,000 lines of code')).toBeLessThan(2000);
    await stage.locator('ev-code .window').evaluate((it) => it.scrollTo(0, it.scrollHeight));
    await stage.getByText('const a9999 = 9999;').waitFor();
    for (const name of ['60,000 changed lines', 'a new file']) {
      expect(await draw('ev-diff', name), name).toBeLessThan(3000);
      await stage.getByText(name === 'a new file' ? /^\+\d/ : '+1,199').waitFor();
    }
    expect(await faults()).toEqual(none);
  });

  test('a token draws the last block only', async () => {
    const { page } = await openGuarded('Hello.');
    const kept = await page.evaluate(async (start) => {
      const stage = document.body.appendChild(document.createElement('div'));
      const element = document.createElement('ev-markdown') as HTMLElement & { updateComplete: Promise<boolean> };
      stage.append(Object.assign(element, { streaming: true, text: start }));
      await element.updateComplete;
      const blocks = (): Element[] => [...(element.shadowRoot?.querySelector('.prose')?.children ?? [])];
      const counts: [number, number][] = [];
      let text = start;
      for (let word = 0; word < 40; word += 1) {
        const before = blocks();
        text += word % 10 === 9 ? '.\n\n' : ` word ${word}`;
        Object.assign(element, { text });
        await element.updateComplete;
        const after = new Set(blocks());
        counts.push([before.length, before.filter((block) => after.has(block)).length]);
      }
      return counts;
    }, richReply.repeat(10));
    for (const [before, same] of kept) expect(same).toBeGreaterThanOrEqual(before - 1);
    expect(kept[0]?.[0]).toBeGreaterThan(50);
  });

  test('draws code, formulas, tables, footnotes and images from elsewhere, with what it takes from itself', async () => {
    const { page } = await openGuarded('Hello.');
    expect(shown.asked.filter((path) => /math|KaTeX/i.test(path))).toEqual([]);
    const { id } = shown.server.fakeSessions.create({ title: 'Rich' });
    shown.server.fakeSessions.say(id, `${richReply}\n\n\`\`\`sh\nrm \u202etxt.exe\u00a0-rf\n\`\`\``);
    await page.goto(`${shown.server.url}/s/${id}`);
    const reply = page.locator('ev-markdown');
    const code = reply.locator('ev-code').first();
    await code.locator('.ink-keyword', { hasText: 'const' }).first().waitFor();
    expect(await code.locator('.bar').textContent()).toContain('ts');
    await code.getByRole('button', { name: 'Copy code' }).waitFor();
    expect(await reply.locator('ev-code').last().locator('.unseen').allTextContents()).toEqual(['\\u202e', '\\u00a0']);
    const formula = reply.getByRole('img', { name: /rule of twelfths|frac/ }).first();
    await formula.waitFor();
    expect(await formula.evaluate((it) => it.getBoundingClientRect().height)).toBeGreaterThan(12);
    await eventually(() =>
      page.evaluate(() =>
        [...document.fonts].some(({ family, status }) => family.includes('KaTeX') && status === 'loaded'),
      ),
    ).toBe(true);
    expect(await reply.getByRole('cell', { name: '04:40' }).getAttribute('align')).toBe('right');
    expect(await reply.locator('img').count()).toBe(0);
    await reply.getByText('(image on example.org, not loaded)').waitFor();
    await reply.getByRole('button', { name: 'Footnote 2' }).click();
    const focused = () =>
      page.evaluate(() => {
        let element = document.activeElement;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        return element?.getAttribute('aria-label');
      });
    await eventually(focused).toBe('Back to reference 2');
    await page.keyboard.press('Enter');
    await eventually(focused).toBe('Footnote 2');
    // The listeners of the page that was left are gone with it.
    expect(shown.complaints).toEqual([]);
    expect(await strangers(page)).toEqual([]);
  });

  test('a difference has line numbers, counts, sizes, colours, and gaps that open', async () => {
    const { page } = await openGuarded('Hello.');
    await page.evaluate(() => {
      const lines = Array.from({ length: 90 }, (_, at) => `const a${at} = ${at};`);
      const to = lines.with(50, 'const a50 = "fifty\u202e";').join('\n');
      Object.assign(globalThis, { texts: { small: () => ({ from: `${lines.join('\n')}\n`, to, path: 'src/a.ts' }) } });
    });
    await mount(page, 'ev-diff', 'small');
    const diff = page.locator('#stage ev-diff');
    const numbers = (row: string) => diff.locator(`.row.${row} .line-number`).allTextContents();
    expect(await numbers('removed')).toEqual(['51', '', '90', '']);
    expect(await numbers('added')).toEqual(['', '51', '', '90']);
    await diff.getByRole('img', { name: '2 lines added' }).waitFor();
    await diff.getByText(/^1\.\d KB → 1\.\d KB$/).waitFor();
    await diff.getByText('no newline at the end').waitFor();
    expect(await diff.locator('.row.added .ink-string').allTextContents()).toEqual(['"fifty\\u202e"']);
    expect(await diff.locator('.row').count()).toBe(13);
    await diff.getByRole('button', { name: 'Show 20 below' }).first().click();
    await eventually(() => diff.locator('.row').count()).toBe(33);
    await diff.getByRole('button', { name: 'Show unchanged lines' }).click();
    await eventually(() => diff.locator('.row').count()).toBe(92);
  });

  test('a difference is shown side by side where there is room, and the browser remembers it', async () => {
    const { page } = await openGuarded('Hello.');
    await page.setViewportSize({ width: 1400, height: 800 });
    await page.evaluate(() =>
      Object.assign(globalThis, {
        texts: {
          small: () => ({ from: 'a\nb\nc\nd\n', to: 'a\nB\nc\nd\ne\n', path: 'a.txt', starts: { old: 7, new: 9 } }),
        },
      }),
    );
    await mount(page, 'ev-diff', 'small');
    const diff = page.locator('#stage ev-diff');
    await diff.getByRole('button', { name: 'Show side by side' }).click();
    const rows = () =>
      diff
        .locator('.pair')
        .evaluateAll((all) =>
          all.map((row) =>
            [...row.querySelectorAll('.side')].map((side) => side.textContent?.replaceAll(/\s+/g, ' ').trim()),
          ),
        );
    await eventually(rows).toEqual([
      ['7a', '9a'],
      ['8removed: b', '10added: B'],
      ['9c', '11c'],
      ['10d', '12d'],
      ['', '13added: e'],
    ]);
    expect(await page.evaluate(() => localStorage.getItem('everturn.diff'))).toBe('side-by-side');
    await page.setViewportSize({ width: 1000, height: 800 });
    await eventually(() => diff.locator('.row').count()).toBe(6);
    expect(await diff.getByRole('button', { name: /column|side by side/ }).count()).toBe(0);
  });

  test('what is selected in a paragraph stays selected while the reply grows', async () => {
    await shown.serve();
    const { fakeSessions } = shown.server;
    const { id } = fakeSessions.create({ title: 'Long' });
    const { stream } = fakeSessions.entry(id);
    const said = stream.chunk(1, 0, 0, { kind: 'text', role: 'user', text: 'Tell me.' });
    const startedAt = new Date().toISOString();
    stream.append({ type: 'turn.started', turn: 1, messageId: 'm1', startedAt, chunks: [said] });
    stream.append({ type: 'step.started', turn: 1, step: 1, fence: 1, model: 'a-model' });
    const say = (text: string) =>
      stream.append({ type: 'delta', turn: 1, step: 1, fence: 1, parts: [{ ordinal: 0, kind: 'text', text }] });
    say('One paragraph.\n\nAnother one');
    const page = await shown.open(`/s/${id}`);
    const reply = page.locator('ev-markdown').last();
    const paragraphs = () => reply.locator('p').count();
    await eventually(paragraphs).toBe(2);
    await reply
      .locator('p')
      .first()
      .dblclick({ position: { x: 8, y: 8 } });
    const selected = () =>
      reply.evaluate((it) => {
        const root = it.shadowRoot as ShadowRoot & { getSelection?(): Selection | null };
        return root.getSelection?.()?.toString().trim();
      });
    const before = await selected();
    expect(before).toBeTruthy();
    say(' grows.\n\nA third.');
    await eventually(paragraphs).toBe(3);
    say('\n\nA fourth.');
    await eventually(paragraphs).toBe(4);
    expect(await selected()).toBe(before);
  });

  test('a result of 20 MB opens, is searched, and shows what was found', async () => {
    const { page } = await openGuarded('Hello.');
    await makeTexts(page);
    await mount(page, 'ev-long-text', '20 MB');
    const text = page.locator('#stage ev-long-text');
    await text.getByRole('button', { name: /Show all/ }).click();
    const search = text.getByRole('searchbox', { name: 'Search in the text' });
    await search.fill('269998 THE QUICK');
    await text.getByText('1 of 1 line').waitFor();
    await text.locator('.found', { hasText: '269998 The quick' }).waitFor();
    await search.fill('7777 ');
    await text.getByText(/^1 of \d+ lines$/).waitFor();
    await search.press('Enter');
    await text.getByText(/^2 of \d+ lines$/).waitFor();
    await search.press('Shift+Enter');
    await search.fill('never there');
    await text.getByText('Not found').waitFor();
  });
});
