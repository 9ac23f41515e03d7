import { css, html, LitElement } from 'lit';
import { request } from '../events.ts';
import { icon } from './icons.ts';
import { shared } from './shared.styles.ts';

const shownMs = 1500;

/** Copies `text`, whole, however little of it is shown. */
class CopyButton extends LitElement {
  static override properties = { text: { attribute: false }, label: {}, copied: { state: true } };
  declare text: string;
  declare label: string;
  declare copied: boolean;

  constructor() {
    super();
    this.text = '';
    this.label = 'Copy';
    this.copied = false;
  }

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
      await navigator.clipboard.writeText(this.text);
      this.copied = true;
      setTimeout(() => {
        this.copied = false;
      }, shownMs);
    } catch {
      request(this, 'notify', { text: 'Cannot copy: the browser does not allow this page to use the clipboard' });
    }
  }
}

customElements.define('ev-copy', CopyButton);
