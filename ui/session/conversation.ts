import { css, html, nothing, type PropertyValues } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Subagent } from '../../contracts/subagents.ts';
import { request } from '../events.ts';
import type { Approvals } from '../inbox/state/approvals.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { plural } from '../parts/model/format.ts';
import { ScrollKeeper } from '../parts/scroll-keeper.ts';
import { shared } from '../parts/shared.styles.ts';
import { turnOf } from './model/inspect.ts';
import type { OutboxItem } from './model/outbox-item.ts';
import type { SessionPlace } from './model/place.ts';
import { createTurnModels, type TurnModel } from './model/turns.ts';
import { type Conversation, hasOlder } from './state/conversation.ts';
import './pending.ts';
import './turn.ts';

/** The first frame shows this many of the newest turns; each later frame adds as many above them. */
const turnsPerFrame = 5;

type ConversationViewProps = {
  conversation: Conversation | null;
  approvals: Approvals | null;
  outbox: readonly OutboxItem[];
  subagents: readonly Subagent[];
  temporalUi: string | null;
  /** Whether the reader has left the end. */
  away: boolean;
};

/** The scrolled column of turns with what waits below them. */
class ConversationView extends element<ConversationViewProps>(
  { conversation: null, approvals: null, outbox: [], subagents: [], temporalUi: null, away: false },
  'away',
) {
  private readonly models = createTurnModels();
  private readonly keeper = new ScrollKeeper({
    away: (away) => {
      this.away = away;
    },
    nearTop: () => this.fetchOlder(),
  });
  private shownTarget: SessionPlace | undefined;
  private active: number | null = null;
  /** The turn of the target. */
  private shown: number | null = null;
  /** The oldest turn drawn so far; null if none is. */
  private from: number | null = null;
  /** Whether all turns that are loaded are drawn. */
  private isWhole = true;
  private isDrawing = false;

  constructor() {
    super();
    this.addEventListener('to-end', () => this.keeper.toEnd());
  }

  static override styles = [
    shared,
    css`
      :host {
        position: relative;
        display: block;
        min-height: 0;
      }
      .scroll {
        position: relative;
        height: 100%;
        overflow-y: auto;
        overscroll-behavior: contain;
        scrollbar-gutter: stable both-edges;
      }
      .column {
        max-width: calc(var(--column) + 2 * var(--space-5));
        margin: 0 auto;
        padding: var(--space-3) var(--space-5) var(--space-6);
      }
      ev-turn {
        content-visibility: auto;
        contain-intrinsic-size: auto 24rem;
      }
      ev-turn:nth-last-of-type(-n + 2) {
        content-visibility: visible;
      }
      ev-turn + ev-turn {
        border-top: 1px solid var(--line);
      }
      ev-turn.target {
        border-radius: var(--radius-m);
        animation: flash 1.6s ease-out;
      }
      @keyframes flash {
        from {
          background: var(--accent-soft);
        }
      }
      @media (max-width: 40rem) {
        .scroll {
          scrollbar-gutter: auto;
        }
        .column {
          padding-inline: var(--space-4);
        }
      }
      .older {
        display: flex;
        align-items: center;
        justify-content: center;
        gap: var(--space-2);
        min-height: 3rem;
        color: var(--muted);
        font-size: var(--text-s);
      }
      .empty {
        display: grid;
        place-content: center;
        min-height: 50vh;
        text-align: center;
        color: var(--muted);
      }
      .empty h2 {
        margin: 0 0 var(--space-2);
        color: var(--fg);
        font-size: var(--text-l);
      }
      .empty p {
        max-width: 26rem;
        margin: 0;
      }
      .latest {
        position: absolute;
        bottom: var(--space-3);
        left: 50%;
        transform: translateX(-50%);
        border-radius: 2rem;
        box-shadow: var(--shadow-l);
      }
    `,
  ];

  override firstUpdated(): void {
    const scroller = this.renderRoot.querySelector('.scroll');
    const content = this.renderRoot.querySelector('.column');
    if (scroller instanceof HTMLElement && content instanceof HTMLElement) this.keeper.attach(scroller, content);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.keeper.detach();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    // Who sends a message wants to see it, and what answers it.
    if (this.outbox.length > (changed.get('outbox')?.length ?? this.outbox.length)) this.keeper.toEnd();
    const before = changed.get('conversation');
    const now = this.conversation;
    if (!changed.has('conversation') || !now) return;
    if (before?.sessionId !== now.sessionId || !before.view) {
      this.shownTarget = undefined;
      this.from = null;
      this.keeper.toEnd();
    } else if (now.view && before.view !== now.view && now.view.chunks.at(0)?.seq !== before.view.chunks.at(0)?.seq) {
      this.keeper.hold(this.renderRoot.querySelectorAll('ev-turn'));
    }
  }

  override updated(): void {
    this.drawMore();
    this.showTarget();
    this.scrolled();
    const target = this.conversation?.target ?? null;
    if (target === null || target.kind === 'span') return;
    const turn = this.targetTurn(target);
    if (turn === null || !this.renderRoot.querySelector(`#turn-${turn}`)) this.fetchOlder();
  }

  override render() {
    const { conversation } = this;
    const view = conversation?.view ?? null;
    this.shown = conversation?.target ? this.targetTurn(conversation.target) : null;
    const turns = conversation && view ? this.models(view, conversation.superseded) : [];
    return html`<div class="scroll" tabindex="-1" @scroll=${this.scrolled}>
        <div class="column">
          ${conversation && view && hasOlder(view) ? this.olderRow(conversation, view.total - view.chunks.length) : nothing}
          ${repeat(
            this.drawn(turns),
            ({ turn }) => turn,
            (turn) => this.turnRow(turn),
          )}
          ${view && turns.length === 0 && view.waiting.length === 0 && this.outbox.length === 0 ? this.emptyRow() : nothing}
          ${
            view && (view.waiting.length > 0 || this.outbox.length > 0)
              ? html`<ev-pending .waiting=${view.waiting} .outbox=${this.outbox} .locked=${this.approvals?.locked != null}></ev-pending>`
              : nothing
          }
        </div>
      </div>
      ${this.away ? html`<button class="latest" @click=${() => this.keeper.toEnd()}>${icon('down', 14)}Jump to latest</button>` : nothing}`;
  }

  /** All turns if the address names a place in the session. */
  private drawn(turns: readonly TurnModel[]): readonly TurnModel[] {
    const newest = turns.slice(-turnsPerFrame);
    this.from = this.conversation?.target ? 0 : (this.from ?? newest[0]?.turn ?? null);
    const { from } = this;
    const drawn = from === null ? [] : turns.filter(({ turn }) => turn >= from);
    this.isWhole = drawn.length === turns.length;
    return drawn;
  }

  private drawMore(): void {
    if (this.isDrawing || this.isWhole) return;
    this.isDrawing = true;
    requestAnimationFrame(() => {
      this.isDrawing = false;
      this.keeper.hold(this.renderRoot.querySelectorAll('ev-turn'));
      this.from = Math.max(0, (this.from ?? 0) - turnsPerFrame);
      this.requestUpdate();
    });
  }

  private turnRow(turn: TurnModel) {
    const { conversation } = this;
    return html`<ev-turn
      id="turn-${turn.turn}"
      class=${this.shown === turn.turn ? 'target' : ''}
      .turn=${turn}
      .sessionId=${conversation?.sessionId ?? ''}
      .isOfStep=${(conversation?.session?.node ?? null) !== null}
      .approvals=${this.approvals}
      .subagents=${this.subagents}
      .selected=${conversation?.beside.selected ?? null}
      .locked=${this.approvals?.locked != null}
      .spans=${conversation?.traces[turn.turn]}
      .temporalUi=${this.temporalUi}
    ></ev-turn>`;
  }

  private olderRow({ older }: Conversation, missing: number) {
    if (older.status === 'failed') {
      return html`<div class="older" role="alert">
        Cannot load older messages: ${older.error?.message}
        <button @click=${() => request(this, 'load-older', null)}>Try again</button>
      </div>`;
    }
    return html`<div class="older">${older.status === 'loading' ? 'Loading older messages…' : `${plural(missing, 'older part')} above`}</div>`;
  }

  private emptyRow() {
    return html`<div class="empty">
      <h2>No messages yet</h2>
      <p>Ask about the files in the workspace, or give the agent a task. It asks before it changes anything unless the session allows changes.</p>
    </div>`;
  }

  private fetchOlder(): void {
    const { conversation } = this;
    const view = conversation?.view;
    // Draw what is loaded first.
    if (!this.isWhole) return;
    if (!view || !hasOlder(view) || conversation.older.status !== 'idle') return;
    request(this, 'load-older', null);
  }

  private targetTurn(place: SessionPlace): number | null {
    const { conversation } = this;
    if (!conversation?.view) return null;
    const { view, traces, allSpans } = conversation;
    return turnOf({ view, traces, allSpans }, place);
  }

  /** The turn below the upper third of the screen is the one that is read. */
  private readonly scrolled = (): void => {
    if (this.looking) return;
    this.looking = true;
    requestAnimationFrame(() => {
      this.looking = false;
      const { top, height } = this.getBoundingClientRect();
      const line = top + height / 3;
      const turns = this.renderRoot.querySelectorAll('ev-turn');
      let [low, high] = [0, turns.length - 1];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((turns[middle]?.getBoundingClientRect().top ?? 0) <= line) low = middle;
        else high = middle - 1;
      }
      const read = turns[low];
      const active = read ? Number(read.id.slice('turn-'.length)) : null;
      if (active === this.active) return;
      this.active = active;
      this.dispatchEvent(new CustomEvent('active-turn', { bubbles: true, detail: { turn: active } }));
    });
  };
  private looking = false;

  /** Scrolls to the turn of the address, once, when it is there. */
  private showTarget(): void {
    const target = this.conversation?.target ?? null;
    const turn = target && this.targetTurn(target);
    if (target === null || turn === null || this.shownTarget === target) return;
    const element = this.renderRoot.querySelector(`#turn-${turn}`);
    if (!(element instanceof HTMLElement)) return;
    this.shownTarget = target;
    this.keeper.show(element);
  }
}

customElements.define('ev-conversation', ConversationView);
