import { css, html, nothing, type PropertyValues } from 'lit';
import type { ScriptSummary } from '../../contracts/found.ts';
import { request } from '../events.ts';
import { budgetFieldStyles, budgetFields, budgetOf } from '../parts/budget-fields.ts';
import { dialogFormStyles } from '../parts/dialog-form.styles.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { faultsOf } from '../parts/model/form.ts';
import { readArgs } from '../parts/model/script-form.ts';
import { shared } from '../parts/shared.styles.ts';
import type { Flows } from './state/flows.ts';

type StartScriptProps = {
  script: ScriptSummary | null;
  /** Whether something is being started, and why it could not be. */
  flows: Flows | null;
  /** The folder that is taken when none is named. */
  workspace: string;
  as: 'text' | 'json';
  fault: string | null;
};

/** Starts a script: its arguments as text or JSON, its budget, where it works and what its agents may. */
class StartScript extends element<StartScriptProps>(
  { script: null, flows: null, workspace: '', as: 'text', fault: null },
  'as',
  'fault',
) {
  static override styles = [
    shared,
    dialogFormStyles,
    budgetFieldStyles,
    css`
      ol {
        margin: 0;
        padding: 0 0 0 var(--space-5);
        color: var(--muted);
        font-size: var(--text-s);
        overflow-wrap: anywhere;
      }
      li b {
        color: var(--fg);
        font-weight: 550;
      }
      .as {
        display: flex;
        align-items: end;
        justify-content: space-between;
      }
      .as label {
        font-size: var(--text-s);
        font-weight: 550;
      }
      .as div {
        display: flex;
        gap: var(--space-1);
      }
      .as button {
        min-height: 1.625rem;
        padding: 0 var(--space-2);
        border-color: transparent;
        background: none;
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .as button[aria-pressed='true'] {
        background: var(--active);
        color: var(--fg);
      }
      textarea {
        margin-top: var(--space-1);
      }
    `,
  ];

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('script')) this.focus();
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('textarea')?.focus();
  }

  override render() {
    const { script, flows, as } = this;
    if (!script || !flows) return nothing;
    const busy = flows.starting;
    const { whenToUse, phases = [] } = script.meta ?? {};
    return html`<form @submit=${this.submit}>
      ${whenToUse ? html`<p>When to use it: ${whenToUse}</p>` : nothing}
      ${phases.length > 0 ? html`<ol aria-label="Phases">${phases.map(({ title, detail }) => html`<li><b>${title}</b>${detail ? ` · ${detail}` : ''}</li>`)}</ol>` : nothing}
      <div>
        <div class="as">
          <label for="args">Arguments</label>
          <div role="group" aria-label="The arguments are">${this.choice('text', 'Text')}${this.choice('json', 'JSON')}</div>
        </div>
        <textarea id="args" class=${as === 'json' ? 'mono' : ''} name="args" spellcheck=${as === 'text'} ?disabled=${busy} aria-describedby="args-help" placeholder=${as === 'text' ? 'What the script is to work on' : '{"question": "…"}'}></textarea>
        <small id="args-help">${as === 'text' ? 'The script gets this text as args.' : 'Any JSON value; the script gets it as args.'} Empty: args is undefined.</small>
      </div>
      ${budgetFields(null, busy, 'Shared by all its agents; once it is spent, no further agent starts. Empty: no limit.')}
      <label>
        <span>Workspace</span>
        <input class="mono" name="workspace" type="text" autocomplete="off" spellcheck="false" placeholder=${this.workspace} ?disabled=${busy} />
        <small>Absolute path. Defaults to the folder Everturn was started in.</small>
      </label>
      <fieldset>
        <legend>Without asking, its agents may</legend>
        <label class="check"><input type="checkbox" name="write" ?disabled=${busy} />Write and edit files</label>
        <label class="check"><input type="checkbox" name="run" ?disabled=${busy} />Run commands</label>
      </fieldset>
      ${this.failure()}
      <div class="actions"><button class="primary" ?disabled=${busy}>${icon('play', 14)}${busy ? 'Starting…' : `Start ${script.name}`}</button></div>
    </form>`;
  }

  private choice(as: 'text' | 'json', words: string) {
    return html`<button type="button" aria-pressed=${as === this.as} @click=${() => this.choose(as)}>${words}</button>`;
  }

  private choose(as: 'text' | 'json'): void {
    this.as = as;
    this.fault = null;
  }

  private failure() {
    const { startError } = this.flows ?? {};
    if (this.fault) return html`<div class="error" role="alert">${this.fault}</div>`;
    if (!startError) return nothing;
    return html`<div class="error" role="alert">${startError.message}${faultsOf(startError).map((fault) => html`<br />${fault}`)}</div>`;
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    const { script, flows, as } = this;
    if (!script || flows?.starting || !(event.target instanceof HTMLFormElement)) return;
    const form = new FormData(event.target);
    const action = `start ${script.name}`;
    const args = readArgs(action, String(form.get('args') ?? ''), as);
    const budget = budgetOf(action, form);
    this.fault = 'fault' in args ? args.fault : 'fault' in budget ? budget.fault : null;
    if ('fault' in args || 'fault' in budget) return;
    const workspace = String(form.get('workspace') ?? '').trim();
    request(this, 'start-run', {
      script: script.name,
      allow: (['write', 'run'] as const).filter((permission) => form.has(permission)),
      ...(args.value === undefined ? {} : { args: args.value }),
      ...(budget.value === undefined ? {} : { budget: budget.value }),
      ...(workspace === '' ? {} : { workspace }),
    });
  }
}

customElements.define('ev-start-script', StartScript);
