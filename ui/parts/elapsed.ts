import { html } from 'lit';
import { element } from './element.ts';
import { duration } from './model/format.ts';
import { serverNow } from './model/server-clock.ts';

const everyMs = 1_000;
const shown = new Set<Elapsed>();
let ticking: ReturnType<typeof setInterval> | undefined;

type ElapsedProps = {
  from: string | null;
  to: string | null;
};

/** The time between two moments (ISO); without an end it goes on. All of them tick together. */
class Elapsed extends element<ElapsedProps>({ from: null, to: null }) {
  override connectedCallback(): void {
    super.connectedCallback();
    shown.add(this);
    ticking ??= setInterval(() => {
      for (const element of shown) if (element.from && !element.to) element.requestUpdate();
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
    if (!this.from) return '';
    const ms = Math.max(0, (this.to ? Date.parse(this.to) : serverNow()) - Date.parse(this.from));
    // What still runs moves on in whole seconds.
    return html`${this.to || ms >= 59_950 ? duration(ms) : `${Math.floor(ms / 1000)} s`}`;
  }
}

customElements.define('ev-elapsed', Elapsed);
