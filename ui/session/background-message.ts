import { css, html, nothing } from 'lit';
import { visible } from '../../contracts/visible.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { headOf } from '../parts/model/lines.ts';
import { sessionLink } from '../parts/place-link.ts';
import { shared } from '../parts/shared.styles.ts';
import { stateMarkStyles, subagentMark } from '../parts/state-mark.ts';
import type { BackgroundMessage } from './model/background-message.ts';
import '../parts/elapsed.ts';
import '../parts/markdown.ts';
import '../parts/time.ts';

const head = { lines: 8, characters: 1200 };

type BackgroundMessageProps = {
  message: BackgroundMessage | null;
  at: string | null;
  open: boolean;
};

/** What a background agent brought back: a card of its own, not something a person said. */
class BackgroundMessageView extends element<BackgroundMessageProps>({ message: null, at: null, open: false }, 'open') {
  static override styles = [
    shared,
    stateMarkStyles,
    css`
      :host {
        display: block;
        margin-bottom: var(--space-5);
      }
      section {
        padding: var(--space-3) var(--space-4);
        border: 1px solid var(--line);
        border-left: 2px solid var(--state-reused);
        border-radius: var(--radius-m);
        background: var(--sunken);
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-1) var(--space-3);
        color: var(--muted);
        font-size: var(--text-s);
      }
      strong {
        min-width: 0;
        color: var(--fg);
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      header ev-time {
        margin-left: auto;
        font-size: var(--text-xs);
      }
      .text {
        margin-top: var(--space-2);
      }
      .more {
        margin-top: var(--space-2);
        font-size: var(--text-s);
      }
    `,
  ];

  override render() {
    const { message, at } = this;
    if (!message) return nothing;
    const { subagent, text } = message;
    const { head: start, more } = headOf(text, head.lines, head.characters);
    return html`<section aria-label="From the background agent ${subagent.label}">
      <header>
        ${icon('agents', 14)}<span>Background agent</span><strong>${visible(subagent.label)}</strong>${subagentMark(subagent)}
        <ev-elapsed class="numbers" .from=${subagent.startedAt} .to=${subagent.endedAt}></ev-elapsed>
        ${subagent.sessionId ? sessionLink(subagent.sessionId, 'Open', `Open the session of ${subagent.label}`) : nothing}
        ${at ? html`<ev-time at=${at}></ev-time>` : nothing}
      </header>
      ${text ? html`<div class="text"><ev-markdown .text=${this.open ? text : start}></ev-markdown></div>` : nothing}
      ${more ? html`<button class="link more" aria-expanded=${this.open} @click=${this.toggle}>${this.open ? 'Show less' : 'Show all'}</button>` : nothing}
    </section>`;
  }

  private toggle(): void {
    this.open = !this.open;
  }
}

customElements.define('ev-background-message', BackgroundMessageView);
