import { css, html, nothing, type PropertyValues } from 'lit';
import { codeColours } from './code.styles.ts';
import { lineNodes } from './code-line.ts';
import { element } from './element.ts';
import { frameStyles } from './frame.styles.ts';
import { plural } from './model/format.ts';
import { growIndex, type LineIndex, startIndex } from './model/lines.ts';
import { marksWithin } from './model/marks.ts';
import type { Marks } from './model/text-blocks.ts';
import { RowWindow } from './row-window.ts';
import { shared } from './shared.styles.ts';
import './copy.ts';

/** More lines than these are drawn as they come into sight. */
const wholeUpTo = 400;
const lineHeight = 20;

type CodeBlockProps = {
  text: string;
  language: string;
  marks: Marks | null;
};

/** A block of code: its language, a button that copies it, and its lines, of which those in sight are drawn. */
export class CodeBlock extends element<CodeBlockProps>({ text: '', language: '', marks: null }) {
  private index: LineIndex = startIndex('');
  /** Of each line that is drawn, what it was drawn from. */
  private drawn: string[] = [];
  private readonly rows = new RowWindow(this, lineHeight);

  static override styles = [
    shared,
    frameStyles,
    codeColours,
    css`
      pre {
        overflow-x: auto;
        line-height: ${lineHeight}px;
      }
      pre:focus-visible,
      .window:focus-visible {
        outline-offset: -2px;
      }
      pre code {
        font-size: inherit;
      }
      .window {
        height: min(36rem, 65vh);
      }
      .window pre {
        min-width: 100%;
      }
    `,
  ];

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('text')) return;
    this.index = growIndex(startIndex(this.text), this.text.length + 1);
  }

  override render() {
    const { count } = this.index;
    const isLong = count > wholeUpTo;
    const { first } = this.rows.range(count);
    return html`<div class="frame">
      <div class="bar">
        <span>${this.language || 'text'}</span>
        ${isLong ? html`<span class="numbers">${plural(count, 'line')}</span>` : nothing}
        <ev-copy class="end" .text=${this.text} label="Copy code"></ev-copy>
      </div>
      ${
        isLong
          ? html`<div class="window" tabindex="0" @scroll=${this.rows.scrolled}>
              <div .style=${`height: ${count * lineHeight}px`}></div>
              <pre .style=${`top: ${first * lineHeight}px`}><code></code></pre>
            </div>`
          : html`<pre tabindex="0"><code></code></pre>`
      }
    </div>`;
  }

  /** Lines that are as they were are left alone, so that a selection lives on while the text grows. */
  override updated(): void {
    const code = this.renderRoot.querySelector('code');
    if (!code) return;
    const { count, starts } = this.index;
    const { first, last } = count > wholeUpTo ? this.rows.range(count) : { first: 0, last: count };
    if (code.childElementCount === 0) this.drawn = [];
    for (let line = first; line < last; line += 1) {
      const from = starts[line] ?? 0;
      const to = line + 1 < count ? (starts[line + 1] ?? 0) : this.text.length;
      const at = line - first;
      const key = `${this.text.slice(from, to)}\0${[...marksWithin(this.marks, from, to)].map(([a, b, group]) => `${a - from},${b - from},${group}`)}`;
      if (this.drawn[at] === key) continue;
      this.drawn[at] = key;
      const end = this.text[to - 1] === '\n' ? to - 1 : to;
      const row = code.children[at] ?? code.appendChild(document.createElement('span'));
      row.replaceChildren(...lineNodes(this.text, this.marks, from, end), ...(line + 1 < count ? ['\n'] : []));
    }
    for (const extra of [...code.children].slice(last - first)) extra.remove();
    this.drawn.length = last - first;
  }
}

customElements.define('ev-code', CodeBlock);
