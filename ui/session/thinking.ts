import { css, html, nothing } from 'lit';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { headOf, tailOf } from '../parts/model/lines.ts';
import { shared } from '../parts/shared.styles.ts';

type ThinkingTextProps = {
  text: string;
  streaming: boolean;
  open: boolean;
};

/** The model's reasoning: one line until it is opened. */
class ThinkingText extends element<ThinkingTextProps>({ text: '', streaming: false, open: false }, 'open') {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
        margin-block: calc(-1 * var(--space-1));
        color: var(--muted);
        font-size: var(--text-s);
      }
      button {
        max-width: 100%;
        min-height: 1.75rem;
        margin-left: calc(-1 * var(--space-2));
        padding: 0 var(--space-2);
        justify-content: flex-start;
      }
      .chevron {
        display: flex;
        transition: transform 120ms;
      }
      [aria-expanded='true'] .chevron {
        transform: rotate(90deg);
      }
      .preview {
        overflow: hidden;
        text-overflow: ellipsis;
        font-weight: 400;
      }
      .text {
        margin: var(--space-1) 0 0 0.35rem;
        padding-left: var(--space-4);
        border-left: 2px solid var(--line);
        max-height: 24rem;
        overflow: auto;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
    `,
  ];

  override render() {
    const preview = this.open
      ? ''
      : this.streaming
        ? tailOf(this.text, 1, 120).tail
        : headOf(this.text.trimStart(), 1, 160).head;
    return html`<button class="quiet" aria-expanded=${this.open} @click=${this.toggle}>
        <span class="chevron">${icon('chevron', 12)}</span>
        <span>${this.streaming ? 'Thinking' : 'Thought'}</span>
        ${preview ? html`<span class="preview">${preview}</span>` : nothing}
      </button>
      ${this.open ? html`<div class="text" tabindex="0">${this.text}</div>` : nothing}`;
  }

  private toggle(): void {
    this.open = !this.open;
  }
}

customElements.define('ev-thinking', ThinkingText);
