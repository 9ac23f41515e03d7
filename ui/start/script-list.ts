import { html, LitElement, nothing } from 'lit';
import type { ScriptSummary } from '../../contracts/found.ts';
import { request } from '../events.ts';
import { icon } from '../parts/icons.ts';
import { plural } from '../parts/model/format.ts';
import { shared } from '../parts/shared.styles.ts';
import { brokenFile, clashWords, findingList, foundStyles, foundWords } from './found.ts';
import type { Flows } from './state/flows.ts';
import type { Scripts } from './state/scripts.ts';
import './start-script.ts';

/** The scripts that were found; the chosen one opens its form. Warnings are shown, faults keep it from starting. */
class ScriptListView extends LitElement {
  static override properties = {
    scripts: { attribute: false },
    flows: { attribute: false },
    chosen: { attribute: false },
    workspace: { attribute: false },
  };
  declare scripts: Scripts | null;
  declare flows: Flows | null;
  declare chosen: string | null;
  declare workspace: string;

  constructor() {
    super();
    this.scripts = null;
    this.flows = null;
    this.chosen = null;
    this.workspace = '';
  }

  static override styles = [shared, foundStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    request(this, 'load-scripts', null);
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('button.head')?.focus();
  }

  override render() {
    const { scripts } = this;
    if (!scripts) return nothing;
    if (scripts.status === 'loading') return html`<p role="status">Looking for scripts…</p>`;
    if (scripts.status === 'failed') {
      return html`<p class="failed" role="alert">${scripts.error?.message}</p>
        <button @click=${() => request(this, 'load-scripts', null)}>Try again</button>`;
    }
    return html`
      ${scripts.clashes.map(clashWords)}
      ${scripts.scripts.length === 0 ? html`<p>No script was found. Put one into <code>.everturn/workflows/</code> of the project, or begin with <code>everturn scripts new NAME</code>.</p>` : nothing}
      <ul>
        ${scripts.scripts.map((script) => (script.faults.length > 0 ? brokenFile(script) : this.startable(script)))}
      </ul>
    `;
  }

  private startable(script: ScriptSummary) {
    const { name, warnings } = script;
    const isOpen = name === this.chosen;
    return html`<li>
      <button class="head" aria-expanded=${isOpen} @click=${() => request(this, 'open-start', { tab: 'script', name: isOpen ? null : name })}>
        ${foundWords(script)}
      </button>
      ${warnings.length > 0 ? html`<div class="faults warnings">${icon('warning', 14)} ${plural(warnings.length, 'warning')} ${findingList(warnings)}</div>` : nothing}
      ${isOpen ? html`<div class="form"><ev-start-script .script=${script} .flows=${this.flows} .workspace=${this.workspace}></ev-start-script></div>` : nothing}
    </li>`;
  }
}

customElements.define('ev-script-list', ScriptListView);
