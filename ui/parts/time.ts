import { html } from 'lit';
import { element } from './element.ts';
import { ago, moment } from './model/format.ts';
import { serverNow } from './model/server-clock.ts';

const everyMs = 20_000;
const shown = new Set<RelativeTime>();
let ticking: ReturnType<typeof setInterval> | undefined;

type RelativeTimeProps = {
  at: string;
};

/** How long ago `at` (ISO) was; all of them move on together. */
class RelativeTime extends element<RelativeTimeProps>({ at: '' }) {
  override connectedCallback(): void {
    super.connectedCallback();
    shown.add(this);
    ticking ??= setInterval(() => {
      for (const element of shown) element.requestUpdate();
    }, everyMs);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    shown.delete(this);
    if (shown.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  }

  override render() {
    if (!this.at) return '';
    return html`<time datetime=${this.at} title=${moment(this.at)}>${ago(this.at, serverNow())}</time>`;
  }
}

customElements.define('ev-time', RelativeTime);
