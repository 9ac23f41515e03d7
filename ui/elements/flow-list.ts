import { css, html, LitElement, nothing } from 'lit';
import type { FlowSummary } from '../../contracts/found.ts';
import { request } from '../events.ts';
import { plural } from '../model/format.ts';
import type { Flows } from '../state/flows.ts';
import { shared } from '../styles/shared.ts';
import { icon } from './icons.ts';
import './start-flow.ts';

const shownFaults = 5;

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

  static override styles = [
    shared,
    css`
      ul {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-3);
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        border: 1px solid var(--line);
        border-radius: var(--radius-m);
        background: var(--surface);
        box-shadow: var(--shadow);
      }
      .head {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0 var(--space-3);
        width: 100%;
        min-height: 0;
        padding: var(--space-3) var(--space-4);
        border: 0;
        border-radius: calc(var(--radius-m) - 1px);
        background: none;
        font-size: var(--text-s);
        font-weight: 400;
        text-align: left;
        white-space: normal;
      }
      .name {
        font-family: var(--mono);
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .origin,
      .description {
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .description {
        grid-column: 1 / -1;
        font-size: var(--text-s);
        overflow-wrap: anywhere;
      }
      .faults {
        margin: 0;
        padding: 0 var(--space-4) var(--space-3);
        color: var(--danger);
        font-size: var(--text-s);
        overflow-wrap: anywhere;
      }
      .faults ul {
        display: block;
        margin-top: var(--space-1);
      }
      .faults li {
        border: 0;
        background: none;
        box-shadow: none;
      }
      .faults code {
        color: var(--muted);
      }
      .form {
        padding: var(--space-2) var(--space-4) var(--space-4);
      }
      .head.broken {
        cursor: default;
      }
      p {
        margin: 0 0 var(--space-3);
        color: var(--muted);
        font-size: var(--text-s);
        overflow-wrap: anywhere;
      }
      .failed {
        color: var(--danger);
      }
    `,
  ];

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
      ${flows.clashes.map(({ name, files }) => html`<p class="failed" role="alert">The name ${name} is taken twice: ${files.join(' and ')}. Rename one.</p>`)}
      ${flows.flows.length === 0 ? html`<p>No flow was found. Put one into <code>.everturn/flows/</code> of the project; <code>everturn flows check FILE</code> says what is wrong with it.</p>` : nothing}
      <ul>
        ${flows.flows.map((flow) => (flow.faults.length > 0 ? this.broken(flow) : this.startable(flow, flows)))}
      </ul>
    `;
  }

  private startable(flow: FlowSummary, flows: Flows) {
    const isOpen = flow.name === this.chosen;
    return html`<li>
      <button class="head" aria-expanded=${isOpen} @click=${() => request(this, 'open-start', { tab: 'flow', name: isOpen ? null : flow.name })}>
        ${this.words(flow)}
      </button>
      ${isOpen ? html`<div class="form"><ev-start-flow .flow=${flow} .flows=${flows} .workspace=${this.workspace}></ev-start-flow></div>` : nothing}
    </li>`;
  }

  private broken(flow: FlowSummary) {
    const { faults } = flow;
    const more = faults.length - shownFaults;
    return html`<li>
      <div class="head broken">${this.words(flow)}</div>
      <div class="faults">
        ${icon('warning', 14)} Cannot start: ${plural(faults.length, 'fault')} in its file
        <ul>
          ${faults.slice(0, shownFaults).map(({ file, line, column, path, message }) => html`<li><code>${file}:${line}:${column}</code> ${path ? html`<code>${path}</code> ` : nothing}${message}</li>`)}
          ${more > 0 ? html`<li>and ${plural(more, 'other', 'others')}</li>` : nothing}
        </ul>
      </div>
    </li>`;
  }

  private words({ name, description, origin, file, shadows }: FlowSummary) {
    const hidden = shadows.length > 0 ? `, hides ${shadows.join(', ')}` : '';
    return html`<span class="name">${name}</span>
      <span class="origin" title="${file}${hidden}">${origin}${hidden ? ' · hides another' : ''}</span>
      ${description ? html`<span class="description">${description}</span>` : nothing}`;
  }
}

customElements.define('ev-flow-list', FlowList);
