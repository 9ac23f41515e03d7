import { css, html, nothing } from 'lit';
import { hasEnded } from '../../contracts/run-view.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { shared } from '../parts/shared.styles.ts';
import type { RunTarget } from '../shell/model/address.ts';
import type { ResultState } from './model/open-run.ts';
import { askedOf } from './model/phases.ts';
import { resultText } from './model/steps.ts';
import '../parts/long-text.ts';

type ResultViewProps = {
  target: RunTarget | null;
  result: ResultState | null;
};

/** What a step, an item or a call has given, and what an item or a call was given. Asks for it when it is shown. */
class ResultView extends element<ResultViewProps>({ target: null, result: null }) {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-2);
      }
      p {
        margin: 0;
        color: var(--muted);
        font-size: var(--text-s);
      }
      .failed {
        color: var(--danger);
      }
    `,
  ];

  override updated(): void {
    if (this.target && !this.result) request(this, 'load-result', this.target);
  }

  override render() {
    const { target, result } = this;
    if (!target || !result || result.status === 'loading') return html`<p role="status">Loading the result…</p>`;
    if (result.status === 'failed') {
      return html`<p class="failed" role="alert">${result.error.message}
        <button class="link" @click=${() => request(this, 'load-result', target)}>Try again</button></p>`;
    }
    const { output, item, node, prompt } = result.result;
    const given =
      node.ordinal === null
        ? [...(target.index === null ? [] : [['Item', resultText(item)]]), ...(prompt ? [['Prompt', prompt]] : [])]
        : askedOf(item);
    return html`${given.map(([label, text]) => html`<ev-long-text .text=${text} label=${label}></ev-long-text>`)}
    ${output === null || output === undefined ? (hasEnded(node.status) ? html`<p>No result.</p>` : nothing) : html`<ev-long-text .text=${resultText(output)} label="Result"></ev-long-text>`}`;
  }
}

customElements.define('ev-result', ResultView);
