import { css, html, nothing, type PropertyValues } from 'lit';
import { request } from '../events.ts';
import { summaryOf } from '../inbox/model/call.ts';
import { element } from '../parts/element.ts';
import { count } from '../parts/model/format.ts';
import { shared } from '../parts/shared.styles.ts';
import { aboutCalls } from './model/about-calls.ts';
import type { Conversation } from './state/conversation.ts';
import '../trace/waterfall.ts';
import './inspector.ts';

type SessionTraceProps = { conversation: Conversation | null };

/** Every operation of the open session; it reads them again when one has ended. */
class SessionTrace extends element<SessionTraceProps>({ conversation: null }) {
  static override styles = [
    shared,
    css`
      .both {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-4);
      }
      @media (min-width: 75rem) {
        ev-waterfall {
          --waterfall: calc(100dvh - 14rem);
        }
        .both.open {
          grid-template-columns: minmax(0, 1fr) 26rem;
        }
        section {
          max-height: calc(100dvh - 8rem);
          overflow: auto;
          border-left: 1px solid var(--line);
        }
      }
      ev-inspector {
        padding-top: 0;
      }
      .more {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        margin: var(--space-3) 0 0;
        color: var(--muted);
        font-size: var(--text-s);
      }
    `,
  ];
  private reading: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    request(this, 'load-session-trace', { more: false });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.reading);
  }

  private about: ReadonlyMap<string, string> = new Map();

  override willUpdate(changed: PropertyValues<this>): void {
    const chunks = this.conversation?.view?.chunks;
    if (changed.has('conversation') && chunks !== changed.get('conversation')?.view?.chunks)
      this.about = aboutCalls(chunks ?? [], summaryOf);
  }

  override updated(changed: PropertyValues<this>): void {
    const before = changed.get('conversation')?.view?.live.length ?? 0;
    const now = this.conversation?.view?.live.length ?? 0;
    if (now >= before) return;
    clearTimeout(this.reading);
    this.reading = setTimeout(() => request(this, 'load-session-trace', { more: false }), 500);
  }

  override render() {
    const { conversation } = this;
    if (!conversation?.allSpans) return html`<p role="status">Loading operations…</p>`;
    const { allSpans, moreSpans, view, beside } = conversation;
    if (!view) return nothing;
    const { selected } = beside;
    return html`<div class="both ${selected ? 'open' : ''}">
        <ev-waterfall
          wide
          outer
          .spans=${allSpans}
          .live=${view.live}
          .about=${this.about}
          .selected=${selected?.kind === 'span' ? selected.id : null}
          @select-bar=${this.select}
        ></ev-waterfall>
        ${selected ? html`<section aria-label="Selected operation"><ev-inspector .conversation=${conversation} .place=${selected}></ev-inspector></section>` : nothing}
      </div>
      ${
        moreSpans
          ? html`<p class="more">
              ${count(allSpans.length)} operations are shown.
              <button @click=${() => request(this, 'load-session-trace', { more: true })}>Show more</button>
            </p>`
          : nothing
      }`;
  }

  private select({ detail }: CustomEvent<{ id: string }>): void {
    request(this, 'select-place', { place: { kind: 'span', id: detail.id } });
  }
}

customElements.define('ev-session-trace', SessionTrace);
