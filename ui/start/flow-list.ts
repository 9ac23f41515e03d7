import { html, LitElement, nothing } from 'lit';
import type { FlowSummary } from '../../contracts/found.ts';
import { request } from '../events.ts';
import { shared } from '../parts/shared.styles.ts';
import { brokenFile, clashWords, foundStyles, foundWords } from './found.ts';
import type { Flows } from './state/flows.ts';
import './start-flow.ts';

/** The flows that were found; the chosen one opens its form. One with faults says where they are and cannot start. */
class FlowList extends LitElement {
  static override properties = {
    flows: { attribute: false },
    chosen: { attribute: false },
    workspace: { attribute: false },
  };
  declare flows: Flows | null;
  declare chosen: string | null;
  declare workspace: string;

  constructor() {
    super();
    this.flows = null;
    this.chosen = null;
    this.workspace = '';
  }

  static override styles = [shared, foundStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    request(this, 'load-flows', null);
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('button.head:not(.broken)')?.focus();
  }

  override render() {
    const { flows } = this;
    if (!flows) return nothing;
    if (flows.status === 'loading') return html`<p role="status">Looking for flows…</p>`;
    if (flows.status === 'failed') {
      return html`<p class="failed" role="alert">${flows.error?.message}</p>
        <button @click=${() => request(this, 'load-flows', null)}>Try again</button>`;
    }
    return html`
      ${flows.clashes.map(clashWords)}
      ${flows.flows.length === 0 ? html`<p>No flow was found. Put one into <code>.everturn/flows/</code> of the project; <code>everturn flows check FILE</code> says what is wrong with it.</p>` : nothing}
      <ul>
        ${flows.flows.map((flow) => (flow.faults.length > 0 ? brokenFile(flow) : this.startable(flow, flows)))}
      </ul>
    `;
  }

  private startable(flow: FlowSummary, flows: Flows) {
    const isOpen = flow.name === this.chosen;
    return html`<li>
      <button class="head" aria-expanded=${isOpen} @click=${() => request(this, 'open-start', { tab: 'flow', name: isOpen ? null : flow.name })}>
        ${foundWords(flow)}
      </button>
      ${isOpen ? html`<div class="form"><ev-start-flow .flow=${flow} .flows=${flows} .workspace=${this.workspace}></ev-start-flow></div>` : nothing}
    </li>`;
  }
}

customElements.define('ev-flow-list', FlowList);
