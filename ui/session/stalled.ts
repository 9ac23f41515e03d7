import { css, html, nothing, type PropertyValues } from 'lit';
import { element } from '../parts/element.ts';
import { duration } from '../parts/model/format.ts';
import { serverNow } from '../parts/model/server-clock.ts';
import { shared } from '../parts/shared.styles.ts';

/** A reply that has not grown for this long is shown as stalled. */
const stalledMs = 5_000;
const tickMs = 1_000;

type StalledProps = {
  /** Changes when the reply grows. */
  size: number;
  startedAt: string | null;
  attempt: number;
  quietMs: number;
};

/** Below a reply that stopped growing: for how long, and which attempt it is. */
class Stalled extends element<StalledProps>({ size: 0, startedAt: null, attempt: 1, quietMs: 0 }, 'quietMs') {
  private grown = 0;
  private ticking: ReturnType<typeof setInterval> | undefined;

  static override styles = [
    shared,
    css`
      p {
        margin: 0;
        color: var(--state-waiting);
        font-size: var(--text-s);
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.grown = Date.now();
    this.ticking = setInterval(() => {
      const quietMs = Date.now() - this.grown;
      this.quietMs = quietMs < stalledMs ? 0 : quietMs;
    }, tickMs);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.ticking);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('size') && !changed.has('attempt')) return;
    this.grown = Date.now();
    this.quietMs = 0;
  }

  override render() {
    if (this.quietMs === 0) return nothing;
    const whole = this.startedAt === null ? '' : `, ${duration(serverNow() - Date.parse(this.startedAt))} in all`;
    const again = this.attempt > 1 ? ` · attempt ${this.attempt}` : '';
    return html`<p class="numbers" role="status">No new text for ${duration(this.quietMs)}${whole}${again}</p>`;
  }
}

customElements.define('ev-stalled', Stalled);
