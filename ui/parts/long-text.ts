import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { element } from './element.ts';
import { bytes } from './model/format.ts';
import { growIndex, headOf, type LineIndex, lineAt, startIndex } from './model/lines.ts';
import { withoutTerminalCodes } from './model/terminal-codes.ts';
import { shared } from './shared.styles.ts';
import './copy.ts';

const head = { lines: 12, characters: 1600 };
/** Up to this length the browser lays the whole text out at once. */
const wholeUpTo = 60_000;
const lineHeight = 19;
const sliceLength = 1_000_000;
const spareLines = 20;

type LongTextProps = {
  text: string;
  label: string;
  expanded: boolean;
  top: number;
  lines: number;
};

/** Text of any length: its head, the whole when it is small, else only the lines in the window. */
class LongText extends element<LongTextProps>(
  { text: '', label: '', expanded: false, top: 0, lines: 0 },
  'expanded',
  'top',
  'lines',
) {
  private index: LineIndex | undefined;

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      .frame {
        border: 1px solid var(--line);
        border-radius: var(--radius-s);
        background: var(--sunken);
        overflow: hidden;
      }
      .bar {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        padding: 0 var(--space-1) 0 var(--space-3);
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .bar span {
        margin-right: auto;
      }
      pre {
        margin: 0;
        padding: 0 var(--space-3) var(--space-2);
        font-size: var(--text-s);
        line-height: ${lineHeight}px;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        tab-size: 4;
      }
      .scroll {
        max-height: min(32rem, 60vh);
        overflow: auto;
      }
      .window {
        position: relative;
        height: min(32rem, 60vh);
        overflow: auto;
        contain: strict;
      }
      .window pre {
        position: absolute;
        left: 0;
        white-space: pre;
        overflow-wrap: normal;
        padding-bottom: 0;
      }
      .more {
        display: flex;
        padding: 0 var(--space-3) var(--space-2);
      }
    `,
  ];

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('text')) this.index = undefined;
    if (this.expanded && this.text.length > wholeUpTo && !this.index) {
      this.index = startIndex(this.text);
      this.grow(this.index);
    }
  }

  /** Looks at one slice now and the next ones when the page is free. */
  private grow(index: LineIndex): void {
    if (index !== this.index) return;
    growIndex(index, sliceLength);
    this.lines = index.count;
    if (!index.done) setTimeout(() => this.grow(index));
  }

  override render() {
    const { head: start, more } = headOf(this.text, head.lines, head.characters);
    return html`<div class="frame">
      <div class="bar">
        <span>${this.label}</span>
        ${more ? html`<button class="link" aria-expanded=${this.expanded} @click=${this.toggle}>${this.toggleLabel()}</button>` : nothing}
        <ev-copy .text=${this.text} label="Copy all"></ev-copy>
      </div>
      ${this.expanded && more ? this.whole() : html`<pre>${withoutTerminalCodes(start)}${more ? ' …' : ''}</pre>`}
    </div>`;
  }

  private toggleLabel(): string {
    return this.expanded ? 'Show less' : `Show all (${bytes(this.text.length)})`;
  }

  private whole(): TemplateResult {
    if (this.text.length <= wholeUpTo) {
      return html`<div class="scroll" tabindex="0"><pre>${withoutTerminalCodes(this.text)}</pre></div>`;
    }
    const { index } = this;
    if (!index) return html`<pre></pre>`;
    const first = Math.max(0, Math.floor(this.top / lineHeight) - spareLines);
    const last = Math.min(index.count, first + 80 + 2 * spareLines);
    const shown: string[] = [];
    for (let line = first; line < last; line += 1) shown.push(withoutTerminalCodes(lineAt(index, line)));
    return html`<div class="window" tabindex="0" @scroll=${this.scrolled}>
      <div .style=${`height: ${this.lines * lineHeight}px`}></div>
      <pre .style=${`top: ${first * lineHeight}px`}>${shown.join('\n')}</pre>
    </div>`;
  }

  private scrolled(event: Event): void {
    if (event.currentTarget instanceof HTMLElement) this.top = event.currentTarget.scrollTop;
  }

  private toggle(): void {
    this.expanded = !this.expanded;
    this.top = 0;
  }
}

customElements.define('ev-long-text', LongText);
