import { css, html, nothing } from 'lit';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { headOf } from '../parts/model/lines.ts';
import { shared } from '../parts/shared.styles.ts';
import '../parts/long-text.ts';
import '../parts/time.ts';

const head = { lines: 14, characters: 1800 };
/** Above this only the head is laid out; the whole opens in a window of its own. */
const wholeUpTo = 60_000;

type UserTextProps = {
  text: string;
  at: string | null;
  /** Of which it is the message; 0 while it has none, or where it cannot be edited. */
  turn: number;
  open: boolean;
};

/** What the user said, as it was typed. */
class UserText extends element<UserTextProps>({ text: '', at: null, turn: 0, open: false }, 'open') {
  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-direction: column;
        align-items: flex-end;
      }
      .bubble {
        max-width: min(100%, 40rem);
        padding: var(--space-3) var(--space-4);
        border-radius: var(--radius-l);
        border-bottom-right-radius: var(--radius-s);
        background: var(--user);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        unicode-bidi: plaintext;
      }
      .bubble.long {
        width: 100%;
      }
      .meta {
        display: flex;
        gap: var(--space-3);
        margin-top: var(--space-1);
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .link {
        font-size: inherit;
      }
      .edit {
        color: inherit;
        text-decoration: none;
      }
      .edit:hover {
        text-decoration: underline;
      }
      @media (hover: hover) {
        .edit {
          opacity: 0;
        }
        :host(:hover) .edit,
        .edit:focus-visible {
          opacity: 1;
        }
      }
    `,
  ];

  override render() {
    const { head: start, more } = headOf(this.text, head.lines, head.characters);
    const whole = this.open && this.text.length <= wholeUpTo;
    // A message may be attachments alone.
    return html`<div ?hidden=${this.text === ''} class="bubble ${this.open ? 'long' : ''}"><span class="hidden-text">You: </span>${
      this.open && !whole
        ? html`<ev-long-text .text=${this.text} label="Your message"></ev-long-text>`
        : whole
          ? this.text
          : `${start}${more ? ' …' : ''}`
    }</div>
      <div class="meta">
        ${more ? html`<button class="link" aria-expanded=${this.open} @click=${this.toggle}>${this.open ? 'Show less' : 'Show all'}</button>` : nothing}
        ${
          this.turn > 0
            ? html`<button class="link edit" title="A new session from before this message, with its text to edit" @click=${() => request(this, 'edit-turn', { turn: this.turn, text: this.text })}>Edit in a fork</button>`
            : nothing
        }
        ${this.at ? html`<ev-time at=${this.at}></ev-time>` : nothing}
      </div>`;
  }

  private toggle(): void {
    this.open = !this.open;
  }
}

customElements.define('ev-user-text', UserText);
