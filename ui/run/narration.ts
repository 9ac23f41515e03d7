import { css, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { ScriptLine } from '../../contracts/script.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { count, timeOfDay } from '../parts/model/format.ts';
import { headOf } from '../parts/model/lines.ts';
import { withoutTerminalCodes } from '../parts/model/terminal-codes.ts';
import { ScrollKeeper } from '../parts/scroll-keeper.ts';
import { shared } from '../parts/shared.styles.ts';

const shownLines = 200;
const head = { lines: 8, characters: 1_000 };

type NarrationProps = {
  lines: readonly ScriptLine[];
  active: boolean;
  all: boolean;
  /** Long lines that are shown as a whole. */
  whole: ReadonlySet<number>;
  away: boolean;
};

/** What a script says while it runs; stays at the end while the reader is there. */
class Narration extends element<NarrationProps>(
  { lines: [], active: false, all: false, whole: new Set(), away: false },
  'all',
  'whole',
  'away',
) {
  private readonly keeper = new ScrollKeeper({
    away: (away) => {
      this.away = away;
    },
    nearTop: () => {},
  });

  static override styles = [
    shared,
    css`
      :host {
        position: relative;
        display: block;
      }
      .scroll {
        max-height: var(--narration-height, 13rem);
        overflow: auto;
        overscroll-behavior: contain;
        padding: var(--space-2) var(--space-4);
        border: 1px solid var(--line);
        border-radius: var(--radius-m);
        background: var(--sunken);
        font-size: var(--text-s);
        scrollbar-width: thin;
      }
      ol {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: 4.25rem minmax(0, 1fr);
        padding: 0.125rem 0;
        content-visibility: auto;
        contain-intrinsic-size: auto 1.375rem;
      }
      li.phase {
        font-weight: 600;
      }
      time {
        color: var(--muted);
        font-size: var(--text-xs);
        font-weight: 400;
        line-height: 1.7;
      }
      .text {
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      p {
        margin: 0;
        color: var(--muted);
      }
      .end {
        position: absolute;
        right: var(--space-4);
        bottom: var(--space-2);
        box-shadow: var(--shadow);
      }
    `,
  ];

  override firstUpdated(): void {
    const scroller = this.renderRoot.querySelector<HTMLElement>('.scroll');
    const content = this.renderRoot.querySelector<HTMLElement>('.content');
    if (scroller && content) this.keeper.attach(scroller, content);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.keeper.detach();
  }

  override render() {
    const { lines } = this;
    const shown = this.all ? lines : lines.slice(-shownLines);
    const left = lines.length - shown.length;
    return html`<div class="scroll" tabindex="0" role="log" aria-live="off" aria-label="What the script says">
        <div class="content">
          ${left > 0 ? html`<p>${count(left)} earlier lines. <button class="link" @click=${this.showAll}>Show all ${count(lines.length)}</button></p>` : nothing}
          ${lines.length === 0 ? html`<p>${this.active ? 'Nothing yet.' : 'It said nothing.'}</p>` : nothing}
          <ol>
            ${repeat(
              shown,
              ({ n }) => n,
              (line) => this.line(line),
            )}
          </ol>
        </div>
      </div>
      ${this.away && this.active ? html`<button class="end" @click=${() => this.keeper.toEnd()}>${icon('down', 14)}To the end</button>` : nothing}`;
  }

  private line({ n, kind, text, at }: ScriptLine) {
    const start = this.whole.has(n) ? { head: text, more: false } : headOf(text, head.lines, head.characters);
    return html`<li class=${kind}>
      <time class="numbers" datetime=${at}>${timeOfDay(at)}</time>
      <span class="text">${withoutTerminalCodes(start.head)}${start.more ? html` … <button class="link" @click=${() => this.showWhole(n)}>the whole line</button>` : nothing}</span>
    </li>`;
  }

  private showAll(): void {
    this.all = true;
  }

  private showWhole(n: number): void {
    this.whole = new Set([...this.whole, n]);
  }
}

customElements.define('ev-narration', Narration);
