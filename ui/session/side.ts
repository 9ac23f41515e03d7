import { css, html, nothing, type PropertyValues } from 'lit';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { shared } from '../parts/shared.styles.ts';
import type { SideTab } from './model/beside.ts';
import type { Conversation } from './state/conversation.ts';
import './changes.ts';
import './inspector.ts';
import './tasks.ts';
import './turn-list.ts';

/** Events come in bursts. */
const readAgainMs = 400;

const words: Record<SideTab, string> = { selected: 'Inspect', turns: 'Turns', changes: 'Changes', tasks: 'Tasks' };
const order: readonly SideTab[] = ['turns', 'selected', 'changes', 'tasks'];

/** From here on the turns have a column of their own. */
const broad = matchMedia('(min-width: 112.5rem)');

type SideProps = {
  conversation: Conversation | null;
  locked: string | null;
  /** The turn that is on the screen. */
  active: number | null;
  isBroad: boolean;
};

/** What stands beside a conversation: what is selected, its turns, changes of files, and the agent's tasks. */
class Side extends element<SideProps>(
  { conversation: null, locked: null, active: null, isBroad: broad.matches },
  'isBroad',
) {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
        min-width: 0;
        min-height: 0;
        border-left: 1px solid var(--line);
        background: var(--bg);
      }
      .tabs {
        display: flex;
        align-items: center;
        gap: var(--space-1);
        padding: 0 var(--space-3);
        border-bottom: 1px solid var(--line);
      }
      [role='tab'] {
        min-height: 2.25rem;
        padding: 0 var(--space-2);
        border: 0;
        border-bottom: 2px solid transparent;
        border-radius: 0;
        background: none;
        color: var(--muted);
      }
      [role='tab'][aria-selected='true'] {
        border-bottom-color: var(--fg);
        color: var(--fg);
      }
      [role='tab']:focus-visible {
        outline-offset: -2px;
      }
      .count {
        padding: 0 0.35em;
        border-radius: 1em;
        background: var(--warn-soft);
        color: var(--warn);
        font-size: var(--text-xs);
      }
      .close {
        margin-left: auto;
      }
      .panel {
        position: relative;
        min-height: 0;
        overflow: auto;
        overscroll-behavior: contain;
      }
      .panel.own {
        overflow: hidden;
      }
      @media (min-width: 112.5rem) {
        :host {
          grid-template-columns: minmax(18rem, 2fr) minmax(0, 3fr);
        }
        .turns {
          grid-row: 1 / -1;
          min-height: 0;
          border-right: 1px solid var(--line);
        }
      }
      @media (min-width: 75rem) {
        .close {
          display: none;
        }
      }
    `,
  ];

  private reading: ReturnType<typeof setTimeout> | undefined;
  private begun = '';

  override connectedCallback(): void {
    super.connectedCallback();
    broad.addEventListener('change', this.resized);
  }

  private readonly resized = ({ matches }: MediaQueryListEvent): void => {
    this.isBroad = matches;
  };

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    broad.removeEventListener('change', this.resized);
    clearTimeout(this.reading);
  }

  override updated(changed: PropertyValues<this>): void {
    const { conversation } = this;
    if (!changed.has('conversation') || !conversation?.view) return;
    if (this.begun !== conversation.sessionId) {
      this.begun = conversation.sessionId;
      request(this, 'load-turns', { more: false });
      request(this, 'load-changes', null);
    }
    const { stale } = conversation.beside;
    if ((stale.turns || stale.changes) && this.reading === undefined) {
      this.reading = setTimeout(() => this.readAgain(), readAgainMs);
    }
  }

  private readAgain(): void {
    this.reading = undefined;
    const stale = this.conversation?.beside.stale;
    if (stale?.turns) request(this, 'load-turns', { more: false });
    if (stale?.changes) request(this, 'load-changes', null);
  }

  override render() {
    const { conversation } = this;
    if (!conversation) return nothing;
    const { tab, order } = this;
    return html`${
      this.isBroad
        ? html`<section class="turns" aria-label="Turns">${this.panel(conversation, 'turns')}</section>`
        : nothing
    }
      <div class="tabs" role="tablist" aria-label="Beside the conversation" @keydown=${this.moved}>
        ${order.map((name) => this.tabButton(name, tab === name))}
        <button class="quiet icon close" aria-label="Close" @click=${() => request(this, 'close-side', null)}>${icon('cross', 14)}</button>
      </div>
      <div class="panel ${tab === 'turns' ? 'own' : ''}" role="tabpanel" aria-label=${words[tab]} tabindex="0">${this.panel(conversation, tab)}</div>`;
  }

  private tabButton(name: SideTab, isShown: boolean) {
    return html`<button role="tab" aria-selected=${isShown} tabindex=${isShown ? 0 : -1} @click=${() => request(this, 'show-side', { tab: name })}>
      ${words[name]}${this.count(name)}
    </button>`;
  }

  private count(name: SideTab) {
    const number =
      name === 'changes'
        ? (this.conversation?.beside.changes?.changes.filter(({ state }) => state === 'pending' || state === 'conflict')
            .length ?? 0)
        : name === 'tasks'
          ? (this.conversation?.beside.commands?.filter(({ status }) => status === 'running').length ?? 0)
          : 0;
    return number > 0
      ? html`<span class="count">${number}<span class="hidden-text">${name === 'changes' ? ' waiting' : ' running'}</span></span>`
      : nothing;
  }

  private get order(): readonly SideTab[] {
    return this.isBroad ? order.filter((name) => name !== 'turns') : order;
  }

  private get tab(): SideTab {
    const { tab = 'turns', selected = null } = this.conversation?.beside ?? {};
    if (tab !== 'turns' || !this.isBroad) return tab;
    return selected ? 'selected' : 'changes';
  }

  private panel(conversation: Conversation, tab: SideTab) {
    const { beside, view, sessionId } = conversation;
    switch (tab) {
      case 'selected':
        return html`<ev-inspector .conversation=${conversation} .place=${beside.selected}></ev-inspector>`;
      case 'turns':
        return html`<ev-turn-list .sessionId=${sessionId} .list=${beside.turns} .active=${this.active} .asking=${view?.approvals.filter(({ status }) => status === 'pending').map(({ turn }) => turn) ?? []}></ev-turn-list>`;
      case 'changes':
        return html`<ev-changes .list=${beside.changes} .locked=${this.locked}></ev-changes>`;
      case 'tasks':
        return html`<ev-tasks .view=${view} .commands=${beside.commands} .locked=${this.locked}></ev-tasks>`;
    }
  }

  private async moved(event: KeyboardEvent): Promise<void> {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const { tab, order } = this;
    const next = order[(order.indexOf(tab) + by + order.length) % order.length];
    if (!next) return;
    request(this, 'show-side', { tab: next });
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  }
}

customElements.define('ev-side', Side);
