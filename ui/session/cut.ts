import { css, html, nothing } from 'lit';
import { errorTable, isErrorCode } from '../../contracts/errors.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { duration } from '../parts/model/format.ts';
import { shared } from '../parts/shared.styles.ts';
import type { CutBlock } from './model/blocks.ts';

type CutProps = {
  block: CutBlock | null;
  open: boolean;
};

const reasonOf = ({ code }: CutBlock): string => {
  if (code === null) return 'Worker lost';
  return isErrorCode(code) ? errorTable[code].meaning.replace(/\.$/, '') : code;
};

/** Where an attempt was cut off: why, after how long, that another one took over, and what the first had written. */
class Cut extends element<CutProps>({ block: null, open: false }, 'open') {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-1) var(--space-2);
        padding-left: var(--space-3);
        border-left: 2px solid var(--state-waiting);
        color: var(--muted);
        font-size: var(--text-s);
      }
      .line svg,
      strong {
        color: var(--state-waiting);
      }
      strong {
        font-weight: 500;
      }
      pre {
        max-height: 16rem;
        margin: var(--space-2) 0 0;
        padding-left: var(--space-3);
        border-left: 2px solid var(--line);
        overflow: auto;
        color: var(--muted);
        font-family: var(--font);
        font-size: var(--text-s);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        opacity: 0.8;
      }
    `,
  ];

  override render() {
    const { block } = this;
    if (!block) return nothing;
    const after = block.ms === null ? '' : ` after ${duration(block.ms)}`;
    const again = block.call === null ? 'Asked again' : 'Started again';
    return html`<div class="line" role="note">
        ${icon('retry', 14)}<strong>${reasonOf(block)}${after}.</strong> ${again} (attempt ${block.attempt + 1})
        ${
          block.text
            ? html`<button class="link" aria-expanded=${this.open} @click=${this.toggle}>${this.open ? 'Hide' : 'Show'} what it had written</button>`
            : nothing
        }
      </div>
      ${this.open ? html`<pre tabindex="0">${block.text}</pre>` : nothing}`;
  }

  private toggle(): void {
    this.open = !this.open;
  }
}

customElements.define('ev-cut', Cut);
