import { css, html, LitElement } from 'lit';
import { request } from '../events.ts';
import { element } from './element.ts';
import { icon } from './icons.ts';
import { shared } from './shared.styles.ts';

type ModalDialogProps = {
  heading: string;
  /** Along the right edge instead of in the middle. */
  side: boolean;
  /** As wide as the window allows. */
  full: boolean;
};

/** A modal window while it is in the page; the browser keeps the focus inside and gives it back. */
class ModalDialog extends element<ModalDialogProps>({ heading: '', side: false, full: false }) {
  static override styles = [
    shared,
    css`
      dialog {
        width: min(34rem, calc(100vw - 2rem));
        max-height: calc(100dvh - 2rem);
        padding: 0;
        border: 1px solid var(--line);
        border-radius: var(--radius-l);
        background: var(--bg);
        color: var(--fg);
        box-shadow: var(--shadow-l);
        overflow: auto;
        overscroll-behavior: contain;
      }
      dialog.side {
        width: min(40rem, 100vw);
        height: 100dvh;
        max-height: none;
        margin: 0 0 0 auto;
        border-width: 0 0 0 1px;
        border-radius: 0;
      }
      dialog.full {
        width: calc(100vw - 2rem);
        max-width: none;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 40%);
      }
      .head {
        position: sticky;
        top: 0;
        z-index: 1;
        display: flex;
        align-items: center;
        justify-content: space-between;
        padding: var(--space-3) var(--space-3) var(--space-3) var(--space-5);
        background: var(--bg);
      }
      h2 {
        margin: 0;
        font-size: var(--text-l);
        font-weight: 620;
      }
      .content {
        padding: 0 var(--space-5) var(--space-5);
      }
    `,
  ];

  override firstUpdated(): void {
    this.renderRoot.querySelector('dialog')?.showModal();
    void this.focusWanted();
  }

  /** The browser looks for `autofocus` when the window opens: what is in it is drawn a moment later. */
  private async focusWanted(): Promise<void> {
    for (const content of this.renderRoot.querySelector('slot')?.assignedElements() ?? []) {
      if (content instanceof LitElement) await content.updateComplete;
      content.shadowRoot?.querySelector<HTMLElement>('[autofocus]')?.focus();
    }
  }

  override render() {
    return html`<dialog
      class="${this.side ? 'side' : ''} ${this.full ? 'full' : ''}"
      aria-labelledby="heading"
      @close=${this.close}
      @click=${this.outside}
      @keydown=${(event: KeyboardEvent) => event.stopPropagation()}
    >
      <div class="head">
        <h2 id="heading">${this.heading}</h2>
        <button class="quiet icon" aria-label="Close" @click=${this.close}>${icon('cross')}</button>
      </div>
      <div class="content"><slot></slot></div>
    </dialog>`;
  }

  private outside(event: MouseEvent): void {
    if (event.target === event.currentTarget) this.close();
  }

  private close(): void {
    request(this, 'show-panel', { panel: 'none' });
  }
}

customElements.define('ev-dialog', ModalDialog);
