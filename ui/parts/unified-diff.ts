import { css, html, nothing, type PropertyValues } from 'lit';
import { visible } from '../../contracts/visible.ts';
import { element } from './element.ts';
import { type FileDiff, parseUnified } from './model/unified.ts';
import { shared } from './shared.styles.ts';
import './diff.ts';

type UnifiedDiffProps = {
  diff: string;
  /** Without the names of files. */
  bare: boolean;
};

/** Files of a unified diff, each with its name and size. */
class UnifiedDiff extends element<UnifiedDiffProps>({ diff: '', bare: false }) {
  private files: readonly FileDiff[] = [];

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-3);
      }
      .head {
        display: flex;
        gap: var(--space-2);
        margin-bottom: var(--space-1);
        font-size: var(--text-s);
      }
      .path {
        overflow-wrap: anywhere;
      }
      .size {
        flex: none;
        margin-left: auto;
      }
      .added {
        color: var(--ok);
      }
      .removed {
        color: var(--danger);
      }
      ev-diff + ev-diff {
        margin-top: var(--space-2);
      }
      .note {
        margin: 0;
        color: var(--muted);
        font-size: var(--text-s);
      }
    `,
  ];

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('diff')) this.files = parseUnified(this.diff);
  }

  override render() {
    if (this.diff === '') return nothing;
    if (this.files.length === 0) return html`<pre>${visible(this.diff)}</pre>`;
    return this.files.map(
      ({ path, hunks, added, removed, note }) => html`<div>
        ${
          this.bare
            ? nothing
            : html`<div class="head"><span class="path mono">${visible(path)}</span>${hunks.length === 1 ? nothing : html`<span class="size numbers"><span class="added">+${added}</span> <span class="removed">−${removed}</span></span>`}</div>`
        }
        ${hunks.map(
          ({ from, to, starts }) => html`<ev-diff .from=${from} .to=${to} .path=${path} .starts=${starts}></ev-diff>`,
        )}
        ${note ? html`<p class="note">${visible(note)}</p>` : nothing}
      </div>`,
    );
  }
}

customElements.define('ev-unified', UnifiedDiff);
