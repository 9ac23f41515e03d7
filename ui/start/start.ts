import { css, html, nothing } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import type { AgentSummary } from '../../contracts/found.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { shared } from '../parts/shared.styles.ts';
import { lockOf } from '../shell/model/lock.ts';
import type { Shell } from '../shell/state/shell.ts';
import type { Flows } from './state/flows.ts';
import type { Scripts } from './state/scripts.ts';
import './found-list.ts';
import './first-hour.ts';
import './new-session.ts';

type StartProps = {
  shell: Shell | null;
  draft: string;
  flows: Flows | null;
  scripts: Scripts | null;
  /** There is no session and no run yet. */
  first: boolean;
  agents: readonly AgentSummary[];
  models: readonly string[];
};

/** What is shown while no session and no run is open: it starts either. */
class Start extends element<StartProps>({
  shell: null,
  draft: '',
  flows: null,
  scripts: null,
  first: false,
  agents: [],
  models: [],
}) {
  static override styles = [
    shared,
    css`
      :host {
        position: relative;
        display: block;
        overflow: auto;
      }
      .menu {
        display: none;
        margin: var(--space-3) var(--space-3) 0;
      }
      .center {
        width: min(36rem, 100%);
        margin: 0 auto;
        padding: max(var(--space-6), 8vh) var(--space-5) var(--space-6);
      }
      h1 {
        margin: 0 0 var(--space-1);
        font-size: var(--text-xl);
        font-weight: 600;
        letter-spacing: -0.01em;
      }
      .tabs {
        display: flex;
        gap: var(--space-1);
        margin: 0 0 var(--space-5) calc(-1 * var(--space-2));
      }
      .tabs button {
        border-color: transparent;
        background: none;
        color: var(--muted);
      }
      .tabs button[aria-pressed='true'] {
        background: var(--active);
        color: var(--fg);
      }
      .lead {
        margin: 0 0 var(--space-5);
        color: var(--muted);
      }
      .card {
        padding-top: var(--space-5);
        border-top: 1px solid var(--line);
      }
      [inert] {
        opacity: 0.55;
      }
      .note {
        display: flex;
        gap: var(--space-3);
        margin: 0 0 var(--space-4);
        padding: var(--space-3) var(--space-4);
        border: 1px solid var(--warn-line);
        border-radius: var(--radius-m);
        background: var(--warn-soft);
        font-size: var(--text-s);
      }
      .note svg {
        margin-top: 0.15rem;
        color: var(--warn);
      }
      .note.bad {
        border-color: var(--danger-line);
        background: var(--danger-soft);
      }
      .note.bad svg {
        color: var(--danger);
      }
      @media (max-width: 56rem) {
        .menu {
          display: inline-flex;
        }
        .center {
          padding-top: var(--space-4);
        }
      }
    `,
  ];

  override focus(): void {
    const form = this.renderRoot.querySelector('ev-new-session, ev-found-list');
    if (form instanceof HTMLElement) form.focus();
  }

  override render() {
    const { shell } = this;
    if (!shell) return nothing;
    const locked = lockOf(shell.health);
    return html`<button class="quiet icon menu" aria-label="Sessions" @click=${() => request(this, 'show-rail', { open: true })}>${icon('menu')}</button>
      <div class="center">
        <div class="tabs" role="group" aria-label="What to start">${this.tab('session', 'Session')}${this.tab('flow', 'Flow')}${this.tab('script', 'Script')}</div>
        ${locked ? html`<div class="note" role="note">${icon('warning')}<span>${locked}</span></div>` : nothing}
        <div ?inert=${locked !== null}>${this.page(shell)}</div>
      </div>`;
  }

  private tab(tab: Shell['start']['tab'], words: string) {
    return html`<button aria-pressed=${this.shell?.start.tab === tab} @click=${() => request(this, 'open-start', { tab })}>${words}</button>`;
  }

  private page(shell: Shell) {
    if (shell.start.tab === 'flow') return this.flow(shell);
    return shell.start.tab === 'script' ? this.script(shell) : this.session(shell);
  }

  private script(shell: Shell) {
    return html`<h1>Start a script</h1>
      <p class="lead">Scripts run agents in parallel, survive a crash at any line, and never pay for a call twice.</p>
      ${this.note(shell)}
      ${keyed('script', html`<ev-found-list kind="script" .scripts=${this.scripts} .flows=${this.flows} .chosen=${shell.start.name} .workspace=${shell.health?.workspace ?? ''}></ev-found-list>`)}`;
  }

  private session(shell: Shell) {
    return html`<h1>Start a session</h1>
      <p class="lead">Sessions continue through crashes, restarts and closed windows.</p>
      ${this.note(shell)}
      ${this.first ? html`<ev-first-hour .flows=${this.flows?.flows ?? []} ?busy=${shell.creating || this.flows?.starting}></ev-first-hour>` : nothing}
      <div class="card">
        <ev-new-session
          .workspace=${shell.health?.workspace ?? ''}
          .draft=${this.draft}
          .agents=${this.agents}
          .models=${this.models}
          ?busy=${shell.creating}
          .error=${shell.createError}
        ></ev-new-session>
      </div>`;
  }

  private flow(shell: Shell) {
    return html`<h1>Start a flow</h1>
      <p class="lead">Steps run in order, survive crashes, and are never paid for twice.</p>
      ${this.note(shell)}
      ${keyed('flow', html`<ev-found-list kind="flow" .flows=${this.flows} .chosen=${shell.start.name} .workspace=${shell.health?.workspace ?? ''}></ev-found-list>`)}`;
  }

  private note({ health, unhealthy }: Shell) {
    if (unhealthy)
      return html`<div class="note bad" role="alert">${icon('warning')}<span>${unhealthy.message}</span></div>`;
    if (health?.model.offline) {
      return html`<div class="note">
        ${icon('warning')}<span
          ><strong>The offline model answers.</strong> It is built in: it looks up files, quotes them, and follows simple
          orders. It does not reason. To use a real model, add a provider to <code>everturn.yaml</code>.</span
        >
      </div>`;
    }
    return nothing;
  }
}

customElements.define('ev-start', Start);
