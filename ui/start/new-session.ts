import { css, html, nothing, type PropertyValues } from 'lit';
import type { EverturnError } from '../../contracts/errors.ts';
import type { AgentSummary } from '../../contracts/found.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { sends } from '../parts/enter.ts';
import { icon } from '../parts/icons.ts';
import { shared } from '../parts/shared.styles.ts';

type NewSessionProps = {
  /** The folder that is taken when none is named. */
  workspace: string;
  draft: string;
  agents: readonly AgentSummary[];
  models: readonly string[];
  busy: boolean;
  error: EverturnError | null;
};

/** Starts a session: where it works, what it may do unasked, and what it is told first. */
class NewSession extends element<NewSessionProps>({
  workspace: '',
  draft: '',
  agents: [],
  models: [],
  busy: false,
  error: null,
}) {
  static override styles = [
    shared,
    css`
      form {
        display: grid;
        gap: var(--space-4);
      }
      label > span,
      legend {
        display: block;
        padding: 0;
        margin-bottom: var(--space-1);
        font-size: var(--text-s);
        font-weight: 550;
      }
      small {
        display: block;
        margin-top: var(--space-1);
        color: var(--muted);
        font-size: var(--text-xs);
      }
      textarea {
        display: block;
        field-sizing: content;
        min-height: 5.5rem;
        max-height: 40vh;
        resize: none;
      }
      fieldset {
        margin: 0;
        padding: 0;
        border: 0;
      }
      .choice {
        display: grid;
        grid-template-columns: auto 1fr;
        column-gap: var(--space-3);
        align-items: start;
        padding: var(--space-1) 0;
      }
      .choice span {
        margin: 0;
        font-weight: 400;
      }
      .choice input {
        width: 1rem;
        height: 1rem;
        margin: 0.2rem 0 0;
        accent-color: var(--accent);
      }
      .choice small {
        margin: 0;
      }
      .error {
        margin: 0;
        padding: var(--space-2) var(--space-3);
        border: 1px solid var(--danger-line);
        border-radius: var(--radius-s);
        background: var(--danger-soft);
        color: var(--danger);
        font-size: var(--text-s);
        overflow-wrap: anywhere;
      }
      .two {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr));
        gap: var(--space-3);
      }
      .actions {
        display: flex;
        justify-content: flex-end;
      }
      .actions button {
        min-height: 2.25rem;
        padding-inline: var(--space-4);
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    request(this, 'read-part', { part: 'agents' });
    request(this, 'read-part', { part: 'keys' });
  }

  override updated(changed: PropertyValues<this>): void {
    const area = this.renderRoot.querySelector('textarea');
    if (changed.has('draft') && area && area.value !== this.draft) area.value = this.draft;
  }

  override focus(): void {
    this.renderRoot.querySelector('textarea')?.focus();
  }

  override render() {
    return html`<form @submit=${this.submit} @keydown=${this.pressed}>
      <label>
        <span>What should the agent do?</span>
        <textarea name="text" dir="auto" maxlength="200000" autofocus placeholder="Which files are here, and what is this project?" @input=${this.typed}></textarea>
      </label>
      <label>
        <span>Workspace</span>
        <input class="mono" name="workspace" type="text" autocomplete="off" spellcheck="false" placeholder=${this.workspace} aria-describedby="workspace-help" />
        <small id="workspace-help">Absolute path. The agent sees only this folder. Defaults to the folder Everturn was started in.</small>
      </label>
      ${this.choices()}
      <fieldset>
        <legend>Without asking, the agent may</legend>
        ${this.choice('read', 'Read files', 'Always', true)}
        ${this.choice('write', 'Write and edit files', 'In the workspace only')}
        ${this.choice('run', 'Run commands', 'In the workspace, with a time limit. Commands can reach outside it.')}
      </fieldset>
      ${this.error ? html`<p class="error" role="alert">${this.error.message}</p>` : nothing}
      <div class="actions">
        <button class="primary" ?disabled=${this.busy}>${icon('send', 14)}${this.busy ? 'Starting…' : 'Start session'}</button>
      </div>
    </form>`;
  }

  /** Who answers: shown where there is more than one to choose from. */
  private choices() {
    const agents = this.agents.filter(({ faults }) => faults.length === 0);
    if (agents.length === 0 && this.models.length < 2) return nothing;
    return html`<div class="two">
      ${
        agents.length === 0
          ? nothing
          : html`<label>
              <span>Agent</span>
              <select name="agent">
                <option value="">Default</option>
                ${agents.filter(({ name }) => name !== 'default').map(({ name, description }) => html`<option value=${name} title=${description}>${visible(name)}</option>`)}
              </select>
            </label>`
      }
      ${
        this.models.length < 2
          ? nothing
          : html`<label>
              <span>Model</span>
              <select name="model">
                <option value="">The agent’s default</option>
                ${this.models.map((name) => html`<option value=${name}>${visible(name)}</option>`)}
              </select>
            </label>`
      }
    </div>`;
  }

  private choice(name: string, label: string, help: string, always = false) {
    return html`<label class="choice">
      <input type="checkbox" name=${name} ?checked=${always} ?disabled=${always} />
      <span>${label}<small>${help}</small></span>
    </label>`;
  }

  private typed(event: Event): void {
    if (event.target instanceof HTMLTextAreaElement) request(this, 'edit-draft', { text: event.target.value });
  }

  private pressed(event: KeyboardEvent): void {
    if (!(event.target instanceof HTMLTextAreaElement)) return;
    if (!sends(event)) return;
    event.preventDefault();
    this.renderRoot.querySelector('form')?.requestSubmit();
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    if (this.busy || !(event.target instanceof HTMLFormElement)) return;
    const fields = new FormData(event.target);
    const named = (name: string): string => String(fields.get(name) ?? '').trim();
    const workspace = named('workspace');
    request(this, 'create-session', {
      text: String(fields.get('text') ?? ''),
      allow: (['write', 'run'] as const).filter((permission) => fields.has(permission)),
      ...(workspace === '' ? {} : { workspace }),
      ...(named('agent') === '' ? {} : { agent: named('agent') }),
      ...(named('model') === '' ? {} : { model: named('model') }),
    });
  }
}

customElements.define('ev-new-session', NewSession);
