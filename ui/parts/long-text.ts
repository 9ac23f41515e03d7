import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { element } from './element.ts';
import { frameStyles } from './frame.styles.ts';
import { icon } from './icons.ts';
import { bytes, count, plural } from './model/format.ts';
import { growSearch, type LineSearch, placesIn, startSearch } from './model/line-search.ts';
import { growIndex, headOf, type LineIndex, lineAt, startIndex } from './model/lines.ts';
import { withoutTerminalCodes } from './model/terminal-codes.ts';
import { RowWindow } from './row-window.ts';
import { shared } from './shared.styles.ts';
import './copy.ts';

const head = { lines: 12, characters: 1600 };
/** Up to this length the browser lays the whole text out at once. */
const wholeUpTo = 60_000;
const lineHeight = 19;
const sliceLength = 1_000_000;
const searchedAtOnce = 500_000;

type LongTextProps = {
  text: string;
  label: string;
  expanded: boolean;
  lines: number;
  search: LineSearch;
  /** Which of the lines that were found is shown. */
  shown: number;
};

/** Text of any length: its head, the whole when it is small, else only the lines in the window, with a search. */
class LongText extends element<LongTextProps>(
  { text: '', label: '', expanded: false, lines: 0, search: startSearch(''), shown: 0 },
  'expanded',
  'lines',
  'search',
  'shown',
) {
  private index: LineIndex | undefined;
  private readonly rows = new RowWindow(this, lineHeight);

  static override styles = [
    shared,
    frameStyles,
    css`
      .bar span {
        margin-right: auto;
      }
      pre {
        padding-bottom: var(--space-2);
        line-height: ${lineHeight}px;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .scroll {
        max-height: min(32rem, 60vh);
        overflow: auto;
      }
      .window {
        height: min(32rem, 60vh);
      }
      .find {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        padding: 0 var(--space-1) var(--space-2) var(--space-3);
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .find input {
        max-width: 20rem;
        min-height: 1.75rem;
        padding-block: 0;
        font-size: var(--text-s);
      }
      .find .icon {
        width: 1.625rem;
        min-height: 1.625rem;
      }
      .up {
        transform: rotate(180deg);
      }
      mark {
        background: var(--warn-soft);
        color: inherit;
        outline: 1px solid var(--warn-line);
      }
      .found {
        background: var(--active);
      }
    `,
  ];

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('text')) {
      this.index = undefined;
      this.search = startSearch('');
    }
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

  private find(event: InputEvent): void {
    if (!(event.target instanceof HTMLInputElement)) return;
    this.search = startSearch(event.target.value);
    this.shown = 0;
    this.findMore(this.search);
  }

  private findMore(search: LineSearch): void {
    const { index } = this;
    if (search.query !== this.search.query || search.done || !index) return;
    const before = search.found.length;
    this.search = { ...growSearch(search, index, searchedAtOnce) };
    if (before === 0 && search.found.length > 0) this.show(0);
    if (!this.search.done) setTimeout(() => this.findMore(this.search));
  }

  /** Scrolls to one of the lines that were found. */
  private show(at: number): void {
    const { found } = this.search;
    if (found.length === 0) return;
    this.shown = (at + found.length) % found.length;
    const box = this.renderRoot.querySelector('.window');
    const middle = (box?.clientHeight ?? 0) / 2;
    box?.scrollTo(0, (found[this.shown] ?? 0) * lineHeight - middle);
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key === 'Enter') this.show(this.shown + (event.shiftKey ? -1 : 1));
    if (event.key !== 'Escape' || !(event.target instanceof HTMLElement)) return;
    // It leaves the field, and must not stop or close what is around.
    event.stopPropagation();
    event.target.blur();
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
    const { first, last } = this.rows.range(index.count);
    const current = this.search.found[this.shown];
    const lines: TemplateResult[] = [];
    for (let line = first; line < last; line += 1) {
      lines.push(html`<span class=${line === current ? 'found' : ''}>${this.line(index, line)}</span>\n`);
    }
    return html`${this.searchRow()}
      <div class="window" tabindex="0" @scroll=${this.rows.scrolled}>
        <div .style=${`height: ${this.lines * lineHeight}px`}></div>
        <pre .style=${`top: ${first * lineHeight}px`}>${lines}</pre>
      </div>`;
  }

  private line(index: LineIndex, at: number) {
    const text = withoutTerminalCodes(lineAt(index, at));
    const parts: (string | TemplateResult)[] = [];
    let end = 0;
    for (const [from, to] of placesIn(text, this.search.query)) {
      parts.push(text.slice(end, from), html`<mark>${text.slice(from, to)}</mark>`);
      end = to;
    }
    return [...parts, text.slice(end)];
  }

  private searchRow() {
    const { found, done, query } = this.search;
    const many = `${count(this.shown + 1)} of ${plural(found.length, 'line')}${done ? '' : ' so far'}`;
    const state = query === '' ? '' : found.length > 0 ? many : done ? 'Not found' : 'Searching…';
    return html`<div class="find" role="search">
      <input type="search" aria-label="Search in the text" placeholder="Search in the text" autocomplete="off"
        @input=${this.find} @keydown=${this.pressed} />
      <button class="quiet icon" aria-label="Previous match" ?disabled=${found.length === 0} @click=${() => this.show(this.shown - 1)}><span class="up">${icon('down', 14)}</span></button>
      <button class="quiet icon" aria-label="Next match" ?disabled=${found.length === 0} @click=${() => this.show(this.shown + 1)}>${icon('down', 14)}</button>
      <span class="numbers" role="status">${state}</span>
    </div>`;
  }

  private toggle(): void {
    this.expanded = !this.expanded;
    this.rows.reset();
  }
}

customElements.define('ev-long-text', LongText);
