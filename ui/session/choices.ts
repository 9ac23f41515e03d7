import { css, html, nothing } from 'lit';
import type { Session } from '../../contracts/api.ts';
import type { ChangeMode } from '../../contracts/file-changes.ts';
import { type Requests, request } from '../events.ts';
import { element } from '../parts/element.ts';
import { shared } from '../parts/shared.styles.ts';
import { allowedBy, permissionChoices, permissionOf } from './model/permission-choice.ts';

const changeWords: Record<ChangeMode, string> = {
  ask: 'Ask for each change',
  auto: 'Apply changes at once',
  stage: 'Collect changes',
};

type ChoicesProps = {
  session: Session | null;
  /** Names of everturn.yaml; empty where they are not known, or where there are none. */
  models: readonly string[];
  /** The model can be changed between turns only. */
  running: boolean;
  locked: boolean;
};

/** What the session goes on with: its model, what it may do without asking, and how changes are applied. */
class Choices extends element<ChoicesProps>({ session: null, models: [], running: false, locked: false }, 'models') {
  static override styles = [
    shared,
    css`
      :host {
        display: contents;
      }
      select {
        field-sizing: content;
        width: auto;
        max-width: 13rem;
        min-height: 1.75rem;
        padding: 0 var(--space-1);
        border-color: transparent;
        background: none;
        color: var(--muted);
        font-size: var(--text-xs);
        text-overflow: ellipsis;
      }
      select:hover:not(:disabled) {
        background: var(--hover);
        color: var(--fg);
      }
      option {
        background: var(--surface);
        color: var(--fg);
      }
      .wide {
        color: var(--state-waiting);
      }
      @media (max-width: 40rem) {
        select.changes {
          display: none;
        }
        select {
          max-width: 8.5rem;
        }
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    request(this, 'load-models', {
      show: (names) => {
        this.models = names;
      },
    });
  }

  override render() {
    const { session } = this;
    if (!session) return nothing;
    const permission = permissionOf(session.allow);
    const names = this.models.includes(session.model) ? this.models : [session.model, ...this.models];
    return html`
      ${
        this.models.length > 1
          ? html`<select class="model" aria-label="Model" title=${this.running ? 'The model can be changed between turns' : 'Model'} ?disabled=${this.locked || this.running} @change=${this.chooseModel}>
              ${names.map((name) => html`<option value=${name}>${name}</option>`)}
            </select>`
          : nothing
      }
      <select class=${`permission ${permission === 'run' ? 'wide' : ''}`} aria-label="Permissions" title="What the agent does without asking" ?disabled=${this.locked} @change=${this.choosePermission}>
        ${permissionChoices(session.allow).map(({ name, words }) => html`<option value=${name}>${words}</option>`)}
      </select>
      <select class="changes" aria-label="Changes of files" title="How changes of files are applied" ?disabled=${this.locked} @change=${this.chooseChanges}>
        ${Object.entries(changeWords).map(([mode, words]) => html`<option value=${mode}>${words}</option>`)}
      </select>
    `;
  }

  /** What was chosen shows when the session has it. */
  override updated(): void {
    const { session } = this;
    if (!session) return;
    const shown = { model: session.model, permission: permissionOf(session.allow), changes: session.changeMode };
    for (const [name, value] of Object.entries(shown)) {
      const select = this.renderRoot.querySelector<HTMLSelectElement>(`select.${name}`);
      if (select && select.value !== value) select.value = value;
    }
  }

  private ask(changes: Requests['change-session']): void {
    request(this, 'change-session', changes);
    this.requestUpdate();
  }

  private chooseModel({ target }: Event): void {
    if (target instanceof HTMLSelectElement) this.ask({ model: target.value });
  }

  private choosePermission({ target }: Event): void {
    const allow = target instanceof HTMLSelectElement ? allowedBy(target.value) : null;
    if (allow) this.ask({ allow });
  }

  private chooseChanges({ target }: Event): void {
    const mode = target instanceof HTMLSelectElement ? target.value : '';
    if (mode === 'ask' || mode === 'auto' || mode === 'stage') this.ask({ changeMode: mode });
  }
}

customElements.define('ev-choices', Choices);
