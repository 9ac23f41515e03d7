import { html, nothing } from 'lit';
import type { FlowSummary, ScriptSummary } from '../../contracts/found.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { plural } from '../parts/model/format.ts';
import { shared } from '../parts/shared.styles.ts';
import { brokenFile, clashWords, findingList, foundStyles, foundWords } from './found.ts';
import type { Flows } from './state/flows.ts';
import type { Scripts } from './state/scripts.ts';
import './start-flow.ts';
import './start-script.ts';

type FoundListProps = {
  kind: 'flow' | 'script';
  flows: Flows | null;
  scripts: Scripts | null;
  chosen: string | null;
  workspace: string;
};

const none = {
  flow: html`<p>No flows found. Add one to <code>.everturn/flows/</code> in the project. <code>everturn flows check FILE</code> reports what is wrong with a file.</p>`,
  script: html`<p>No scripts found. Add one to <code>.everturn/workflows/</code> in the project, or run <code>everturn scripts new NAME</code>.</p>`,
};

/** The flows or scripts of the project. The chosen one opens its form; one with errors lists them and cannot start. */
class FoundList extends element<FoundListProps>({
  kind: 'flow',
  flows: null,
  scripts: null,
  chosen: null,
  workspace: '',
}) {
  static override styles = [shared, foundStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.load();
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('button.head:not(.broken)')?.focus();
  }

  private load(): void {
    request(this, this.kind === 'flow' ? 'load-flows' : 'load-scripts', null);
  }

  override render() {
    const { kind } = this;
    const list = kind === 'flow' ? this.flows : this.scripts;
    if (!list) return nothing;
    if (list.status === 'loading') return html`<p role="status">Loading ${kind}s…</p>`;
    if (list.status === 'failed') {
      return html`<p class="failed" role="alert">${list.error?.message}</p>
        <button @click=${this.load}>Try again</button>`;
    }
    const found: (FlowSummary | ScriptSummary)[] = 'flows' in list ? list.flows : list.scripts;
    return html`
      ${list.clashes.map(clashWords)} ${found.length === 0 ? none[kind] : nothing}
      <ul>
        ${found.map((one) => (one.faults.length > 0 ? brokenFile(one) : this.startable(one)))}
      </ul>
    `;
  }

  private startable(found: FlowSummary | ScriptSummary) {
    const { name } = found;
    const isOpen = name === this.chosen;
    const warnings = 'warnings' in found ? found.warnings : [];
    return html`<li>
      <button class="head" aria-expanded=${isOpen} @click=${() => request(this, 'open-start', { tab: this.kind, name: isOpen ? null : name })}>
        ${foundWords(found)}
      </button>
      ${warnings.length > 0 ? html`<div class="faults warnings">${icon('warning', 14)} ${plural(warnings.length, 'warning')} ${findingList(warnings)}</div>` : nothing}
      ${isOpen ? html`<div class="form">${this.form(found)}</div>` : nothing}
    </li>`;
  }

  private form(found: FlowSummary | ScriptSummary) {
    return 'warnings' in found
      ? html`<ev-start-script .script=${found} .flows=${this.flows} .workspace=${this.workspace}></ev-start-script>`
      : html`<ev-start-flow .flow=${found} .flows=${this.flows} .workspace=${this.workspace}></ev-start-flow>`;
  }
}

customElements.define('ev-found-list', FoundList);
