import { css, html, nothing } from 'lit';
import { request } from '../events.ts';
import { budgetFieldStyles, budgetFields, budgetOf } from '../parts/budget-fields.ts';
import { dialogFormStyles } from '../parts/dialog-form.styles.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { faultsOf } from '../parts/model/form.ts';
import { plural } from '../parts/model/format.ts';
import { readArgs } from '../parts/model/script-form.ts';
import { shared } from '../parts/shared.styles.ts';
import { agentLabels } from './model/phases.ts';
import type { OpenRun } from './state/run.ts';

const searchFrom = 12;

type RerunScriptProps = {
  open: OpenRun | null;
  fault: string | null;
  /** Nothing is used again. */
  fresh: boolean;
  search: string;
  /** Null: what the dialog was opened with. */
  chosen: ReadonlySet<string> | null;
};

/** How a script is to be run again: which agents afresh, with which arguments and budget, by which file. */
class RerunScript extends element<RerunScriptProps>(
  { open: null, fault: null, fresh: false, search: '', chosen: null },
  'fault',
  'fresh',
  'search',
  'chosen',
) {
  static override styles = [
    shared,
    dialogFormStyles,
    budgetFieldStyles,
    css`
      .agents {
        display: grid;
        gap: var(--space-1);
        max-height: 12rem;
        margin-top: var(--space-2);
        padding: var(--space-2) var(--space-3);
        border: 1px solid var(--line);
        border-radius: var(--radius-s);
        overflow: auto;
      }
      .agents .check {
        content-visibility: auto;
        contain-intrinsic-size: auto 1.5rem;
      }
      .agents span {
        min-width: 0;
        overflow-wrap: anywhere;
        margin: 0;
        font-weight: 400;
      }
    `,
  ];

  private get agents(): ReadonlySet<string> {
    const from = this.open?.rerunFrom;
    return this.chosen ?? new Set(from ? [from] : []);
  }

  private get written(): string {
    const { input } = this.open ?? {};
    return input === undefined || input === null ? '' : JSON.stringify(input, null, 2);
  }

  override render() {
    const { open, fresh } = this;
    if (!open?.view) return nothing;
    const busy = open.asked === 'rerun';
    const error = this.fault ?? open.rerunError?.message ?? null;
    return html`<form @submit=${this.submit}>
      <p>A new run begins. Agents that completed and whose prompt, options and model did not change are not asked again and cost nothing.</p>
      <label class="check"><input type="checkbox" name="fresh" .checked=${fresh} @change=${this.freshChanged} />Ask all agents afresh</label>
      ${fresh ? nothing : this.choices(agentLabels(open.view))}
      <label>
        <span>Arguments</span>
        <textarea class="mono" name="args" spellcheck="false" placeholder="The same. Or any JSON value that replaces them" .defaultValue=${this.written}></textarea>
      </label>
      <label>
        <span>File</span>
        <select name="definition">
          <option value="current">as it is now</option>
          <option value="original">as this run was started</option>
        </select>
      </label>
      ${budgetFields(open.view.run.budget, busy, 'Of the new run. Empty: as it was.')}
      ${error ? html`<div class="error" role="alert">${error}${this.fault || !open.rerunError ? nothing : faultsOf(open.rerunError).map((fault) => html`<br />${fault}`)}</div>` : nothing}
      <div class="actions"><button class="primary" ?disabled=${busy}>${icon('retry', 14)}${busy ? 'Starting…' : 'Re-run'}</button></div>
    </form>`;
  }

  private choices(labels: readonly string[]) {
    if (labels.length === 0) return html`<p>No agent of this run has a label by which it could be asked afresh.</p>`;
    const search = this.search.toLowerCase();
    const { agents } = this;
    const shown = labels.filter((label) => agents.has(label) || label.toLowerCase().includes(search));
    return html`<fieldset>
      <legend>Ask these afresh${agents.size > 0 ? ` (${plural(agents.size, 'agent')})` : ''}</legend>
      ${labels.length >= searchFrom ? html`<input type="search" aria-label="Find agents" placeholder="Find among ${labels.length}" @input=${this.searched} />` : nothing}
      <div class="agents">
        ${shown.map((label) => html`<label class="check"><input type="checkbox" .checked=${agents.has(label)} @change=${() => this.choose(label)} /><span>${label}</span></label>`)}
        ${shown.length === 0 ? html`<p>No label has “${this.search}” in it.</p>` : nothing}
      </div>
    </fieldset>`;
  }

  private freshChanged(event: Event): void {
    if (event.target instanceof HTMLInputElement) this.fresh = event.target.checked;
  }

  private searched(event: Event): void {
    if (event.target instanceof HTMLInputElement) this.search = event.target.value.trim();
  }

  private choose(label: string): void {
    const chosen = new Set(this.agents);
    if (!chosen.delete(label)) chosen.add(label);
    this.chosen = chosen;
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    const { open, written, fresh } = this;
    if (!open?.view || !(event.target instanceof HTMLFormElement)) return;
    const fields = new FormData(event.target);
    const text = String(fields.get('args') ?? '').trim();
    const args = readArgs('re-run', text === written ? '' : text, 'json');
    const budget = budgetOf('re-run', fields);
    this.fault = 'fault' in args ? args.fault : 'fault' in budget ? budget.fault : null;
    if ('fault' in args || 'fault' in budget) return;
    const isSameBudget = JSON.stringify(budget.value) === JSON.stringify(open.view.run.budget ?? undefined);
    request(this, 'rerun', {
      definition: fields.get('definition') === 'original' ? 'original' : 'current',
      fresh,
      freshAgents: fresh ? [] : [...this.agents],
      ...(args.value === undefined ? {} : { args: args.value }),
      ...(budget.value === undefined || isSameBudget ? {} : { budget: budget.value }),
    });
  }
}

customElements.define('ev-rerun-script', RerunScript);
