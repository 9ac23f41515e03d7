import { css, html } from 'lit';
import { request } from '../events.ts';
import { element } from './element.ts';
import { shared } from './shared.styles.ts';

type ConfirmProps = {
  text: string;
  /** Words of the button that changes nothing. */
  keep: string;
  /** Words of the button that goes ahead. */
  act: string;
};

/**
 * The content of a dialog that asks before something cannot be undone.
 * @fires confirm - The user goes ahead.
 */
class Confirm extends element<ConfirmProps>({ text: '', keep: '', act: '' }) {
  static override styles = [
    shared,
    css`
      p {
        margin: 0 0 var(--space-5);
        overflow-wrap: anywhere;
      }
      div {
        display: flex;
        justify-content: flex-end;
        gap: var(--space-2);
      }
    `,
  ];

  override render() {
    return html`<p>${this.text}</p>
      <div>
        <button autofocus @click=${() => request(this, 'show-panel', { panel: 'none' })}>${this.keep}</button>
        <button class="danger" @click=${() => this.dispatchEvent(new Event('confirm'))}>${this.act}</button>
      </div>`;
  }
}

customElements.define('ev-confirm', Confirm);
