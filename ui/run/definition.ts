import { css, html } from 'lit';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { shared } from '../parts/shared.styles.ts';
import type { SourceState } from './model/open-run.ts';
import '../parts/diff.ts';
import '../parts/long-text.ts';

type DefinitionProps = {
  kind: 'flow' | 'script';
  source: SourceState | null;
};

/** The file that a run was started with, and what was changed in it since. */
class Definition extends element<DefinitionProps>({ kind: 'flow', source: null }) {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-4);
      }
      p {
        margin: 0;
        color: var(--muted);
        font-size: var(--text-s);
        overflow-wrap: anywhere;
      }
      h3 {
        margin: 0 0 var(--space-2);
        font-size: var(--text-m);
      }
      .failed {
        color: var(--danger);
      }
      .changed {
        color: var(--warn);
      }
    `,
  ];

  /** A file may have been changed since it was last looked at. */
  override connectedCallback(): void {
    super.connectedCallback();
    request(this, 'load-source', null);
  }

  override render() {
    const { source } = this;
    if (!source || source.status === 'loading') return html`<p role="status">Loading…</p>`;
    if (source.status === 'failed') {
      return html`<p class="failed" role="alert">${source.error.message}
        <button class="link" @click=${() => request(this, 'load-source', null)}>Try again</button></p>`;
    }
    const { file, origin, source: text, current } = source.source;
    return html`<p><code>${file}</code> · ${origin}</p>
      ${current === text ? html`<p>The file has not been changed since.</p>` : this.changed(file, text, current)}
      <ev-long-text .text=${text} label="As the run was started"></ev-long-text>`;
  }

  private changed(file: string, text: string, current: string | null) {
    if (current === null)
      return html`<p class="changed">The file is not there any more, and no other ${this.kind} has its name.</p>`;
    return html`<section aria-label="Changes since">
      <h3>Changed since</h3>
      <ev-diff .from=${text} .to=${current} .path=${file}></ev-diff>
    </section>`;
  }
}

customElements.define('ev-definition', Definition);
