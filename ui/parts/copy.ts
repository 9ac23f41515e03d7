import { css, html } from 'lit';
import { request } from '../events.ts';
import { element } from './element.ts';
import { icon } from './icons.ts';
import { shared } from './shared.styles.ts';

const shownMs = 1500;

type CopyButtonProps = {
  text: string;
  label: string;
  copied: boolean;
};

/** Copies `text`, whole, however little of it is shown. */
class CopyButton extends element<CopyButtonProps>({ text: '', label: 'Copy', copied: false }, 'copied') {
  static override styles = [
    shared,
    css`
      button {
        min-height: 1.625rem;
        width: 1.625rem;
      }
      .done {
        color: var(--ok);
      }
    `,
  ];

  override render() {
    const label = this.copied ? 'Copied' : this.label;
    return html`<button class="quiet icon ${this.copied ? 'done' : ''}" title=${label} aria-label=${label} @click=${this.copy}>
      ${icon(this.copied ? 'check' : 'copy', 14)}
    </button>`;
  }

  private async copy(): Promise<void> {
    try {
      if (isSecureContext) await navigator.clipboard.writeText(this.text);
      else this.copyByField();
      this.copied = true;
      setTimeout(() => {
        this.copied = false;
      }, shownMs);
    } catch {
      request(this, 'notify', { text: 'Cannot copy: the browser does not allow this page to use the clipboard' });
    }
  }

  /** On plain HTTP, as in a local network, pages have no clipboard: what is selected can still be copied. */
  private copyByField(): void {
    const field = document.createElement('textarea');
    field.className = 'hidden-text';
    field.style.position = 'fixed';
    field.value = this.text;
    // Next to the button: around an open dialog nothing can be selected.
    this.renderRoot.append(field);
    field.select();
    const isCopied = document.execCommand('copy');
    field.remove();
    this.renderRoot.querySelector('button')?.focus();
    if (!isCopied) throw new Error('Refused');
  }
}

customElements.define('ev-copy', CopyButton);
