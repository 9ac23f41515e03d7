import { css, html, nothing, type TemplateResult } from 'lit';
import type { Session } from '../../contracts/api.ts';
import type { FlowSummary, ScriptSummary } from '../../contracts/found.ts';
import type { Run } from '../../contracts/runs.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { composes } from '../parts/enter.ts';
import { stoppedEarly } from '../parts/found.ts';
import { shared } from '../parts/shared.styles.ts';
import { leastSearched, nothingSaid, type Said } from './model/said.ts';
import { type Entry, entriesOf, entriesOfText, found } from './palette-entries.ts';

const searchPauseMs = 150;

type PaletteProps = {
  sessions: readonly Session[];
  runs: readonly Run[];
  flows: readonly FlowSummary[];
  scripts: readonly ScriptSummary[];
  said: Said;
  search: string;
  at: number;
};

/** Finds a session, run, flow, script, page or command by a few letters, and what was said by words. Arrows choose, Enter opens. */
class Palette extends element<PaletteProps>(
  { sessions: [], runs: [], flows: [], scripts: [], said: nothingSaid, search: '', at: 0 },
  'search',
  'at',
) {
  private timer: ReturnType<typeof setTimeout> | undefined;

  static override styles = [
    shared,
    css`
      ul {
        max-height: min(24rem, 55vh);
        margin: var(--space-2) 0 0;
        padding: 0;
        overflow: auto;
        list-style: none;
      }
      li {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        min-height: 1.75rem;
        padding: 0 var(--space-3);
        border-radius: var(--radius-s);
        cursor: pointer;
      }
      li:hover {
        background: var(--hover);
      }
      li[aria-selected='true'] {
        background: var(--active);
      }
      .label {
        flex: 1;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .kind {
        max-width: 40%;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .kind,
      p {
        margin: 0;
        color: var(--muted);
        font-size: var(--text-xs);
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    request(this, 'load-flows', null);
    request(this, 'load-scripts', null);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  override updated(): void {
    this.renderRoot.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }

  private get shown(): Entry[] {
    const named = found(entriesOf(this), this.search);
    return this.isAnswered ? [...named, ...entriesOfText(this.said.found?.results ?? [])] : named;
  }

  /** Whether what was found in conversations is for the words that stand in the field. */
  private get isAnswered(): boolean {
    return this.said.q === this.search.trim();
  }

  override render() {
    const { shown } = this;
    return html`<input
        type="search"
        autofocus
        role="combobox"
        aria-label="Go to"
        aria-expanded="true"
        aria-controls="found"
        aria-activedescendant=${shown.length > 0 ? `entry-${this.at}` : nothing}
        placeholder="Session, run, flow, script, page, command, or words that were said"
        autocomplete="off"
        @input=${this.typed}
        @keydown=${this.pressed}
      />
      <ul id="found" role="listbox" aria-label="Found">
        ${shown.map(
          (
            { label, kind, ask },
            at,
          ) => html`<li id="entry-${at}" role="option" aria-selected=${at === this.at} @click=${() => this.choose(ask)}>
            <span class="label">${visible(label)}</span><span class="kind">${visible(kind)}</span>
          </li>`,
        )}
      </ul>
      ${this.state(shown.length)}`;
  }

  private state(howMany: number): TemplateResult | typeof nothing {
    const { found: inText } = this.said;
    const says = (words: string) => html`<p role="status">${words}</p>`;
    if (this.search.trim().length >= leastSearched) {
      if (!this.isAnswered) return howMany === 0 ? says('Searching conversations…') : nothing;
      if (!inText) return says('Conversations could not be searched.');
      if (!inText.isComplete) return stoppedEarly(inText);
    }
    return howMany === 0 ? says('Nothing found') : nothing;
  }

  private typed(event: Event): void {
    if (!(event.target instanceof HTMLInputElement)) return;
    this.search = event.target.value;
    this.at = 0;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => request(this, 'search-text', { q: this.search.trim() }), searchPauseMs);
  }

  private pressed(event: KeyboardEvent): void {
    const { shown } = this;
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by !== 0 && shown.length > 0) {
      event.preventDefault();
      this.at = (this.at + by + shown.length) % shown.length;
    }
    const chosen = event.key === 'Enter' && !composes(event) ? shown[this.at] : undefined;
    if (chosen) this.choose(chosen.ask);
  }

  private choose({ name, detail }: Entry['ask']): void {
    request(this, 'show-panel', { panel: 'none' });
    request(this, name, detail);
  }
}

customElements.define('ev-palette', Palette);
