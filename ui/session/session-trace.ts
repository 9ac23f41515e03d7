import { html, nothing, type PropertyValues } from 'lit';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { shared } from '../parts/shared.styles.ts';
import type { Conversation } from './state/conversation.ts';
import '../trace/waterfall.ts';

type SessionTraceProps = { conversation: Conversation | null };

/** Every operation of the open session; it reads them again when one has ended. */
class SessionTrace extends element<SessionTraceProps>({ conversation: null }) {
  static override styles = [shared];
  private reading: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    request(this, 'load-session-trace', null);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.reading);
  }

  override updated(changed: PropertyValues<this>): void {
    const before = changed.get('conversation')?.view?.live.length ?? 0;
    const now = this.conversation?.view?.live.length ?? 0;
    if (now >= before) return;
    clearTimeout(this.reading);
    this.reading = setTimeout(() => request(this, 'load-session-trace', null), 500);
  }

  override render() {
    const { conversation } = this;
    if (!conversation?.allSpans) return html`<p role="status">Loading operations…</p>`;
    return conversation.view
      ? html`<ev-waterfall wide .spans=${conversation.allSpans} .live=${conversation.view.live}></ev-waterfall>`
      : nothing;
  }
}

customElements.define('ev-session-trace', SessionTrace);
