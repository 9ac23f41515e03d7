import { css, html, nothing } from 'lit';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { loadPart } from '../parts/load-part.ts';
import { shared } from '../parts/shared.styles.ts';
import type { Conversation } from './state/conversation.ts';

type BesideProps = {
  conversation: Conversation | null;
  locked: string | null;
  /** The turn that is on the screen. */
  active: number | null;
  /** The parts beside it are loaded. */
  ready: boolean;
};

/** A conversation and what stands beside it: at its right where there is room, else over it. */
class BesideView extends element<BesideProps>(
  { conversation: null, locked: null, active: null, ready: false },
  'active',
  'ready',
) {
  static override styles = [
    shared,
    css`
      :host {
        grid-row: 3 / -1;
        display: grid;
        grid-template: minmax(0, 1fr) / minmax(0, 1fr);
        min-width: 0;
        min-height: 0;
      }
      .main {
        display: grid;
        grid-template: minmax(0, 1fr) auto / minmax(0, 1fr);
        min-width: 0;
        min-height: 0;
      }
      ev-side {
        position: fixed;
        inset: 0 0 0 auto;
        z-index: 6;
        width: min(26rem, 100vw);
        visibility: hidden;
        transform: translateX(100%);
        transition:
          transform 160ms ease-out,
          visibility 160ms;
        box-shadow: var(--shadow-l);
      }
      .open ev-side {
        visibility: visible;
        transform: none;
      }
      .cover {
        display: none;
      }
      .open .cover {
        position: fixed;
        inset: 0;
        z-index: 5;
        display: block;
        border: 0;
        border-radius: 0;
        background: rgb(0 0 0 / 40%);
      }
      .wrap {
        display: contents;
      }
      @media (min-width: 75rem) {
        :host {
          grid-template-columns: minmax(0, 1fr) clamp(21rem, 27vw, 30rem);
        }
        ev-side {
          position: relative;
          z-index: auto;
          width: auto;
          visibility: visible;
          transform: none;
          box-shadow: none;
        }
        .open .cover {
          display: none;
        }
      }
      @media (min-width: 112.5rem) {
        :host {
          grid-template-columns: minmax(0, 1fr) clamp(44rem, 44vw, 66rem);
        }
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    // The conversation is drawn first.
    loadPart('ev-side', () => import('./side.ts'));
    void customElements.whenDefined('ev-side').then(() => {
      this.ready = true;
    });
  }

  override render() {
    const { conversation } = this;
    return html`<div class="main" @active-turn=${this.moved}><slot></slot></div>
      <div class="wrap ${conversation?.beside.isOpen ? 'open' : ''}">
        <button class="cover" tabindex="-1" aria-label="Close" @click=${() => request(this, 'close-side', null)}></button>
        ${
          this.ready
            ? html`<ev-side role="region" aria-label="Details" .conversation=${conversation} .locked=${this.locked} .active=${this.active}></ev-side>`
            : nothing
        }
      </div>`;
  }

  private moved({ detail }: CustomEvent<{ turn: number | null }>): void {
    this.active = detail.turn;
  }
}

customElements.define('ev-beside', BesideView);
