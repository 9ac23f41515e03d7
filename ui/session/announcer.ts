import { css, html, type PropertyValues } from 'lit';
import type { SessionView } from '../../contracts/view.ts';
import { element } from '../parts/element.ts';
import { shared } from '../parts/shared.styles.ts';

const maxSpoken = 600;

type AnnouncerProps = {
  view: SessionView | null;
  sessionId: string | null;
};

/** Tells people who do not see the screen what happened: finished text and turning points, not every word. */
class Announcer extends element<AnnouncerProps>({ view: null, sessionId: null }) {
  private words = '';

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
    `,
  ];

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('view');
    const now = this.view;
    if (changed.has('sessionId')) this.words = '';
    else if (before && now) this.words = this.whatHappened(before, now) ?? this.words;
  }

  private newTexts(before: SessionView, now: SessionView): string[] {
    const last = before.chunks.reduce((largest, { seq }) => Math.max(largest, seq), 0);
    return now.chunks
      .filter(({ seq, body }) => seq > last && body.kind === 'text' && body.role === 'assistant')
      .map(({ body }) => (body.kind === 'text' ? body.text.slice(0, maxSpoken) : ''));
  }

  private whatHappened(before: SessionView, now: SessionView): string | undefined {
    const ended = (now.turns === before.turns ? [] : Object.entries(now.turns)).find(
      ([turn, { status }]) => status !== 'running' && before.turns[turn]?.status === 'running',
    );
    const texts = now.chunks === before.chunks ? [] : this.newTexts(before, now);
    const asked = now.approvals.find(({ id }) => !before.approvals.some((other) => other.id === id));
    const parts = [
      ...texts,
      ...(asked ? [`The agent asks for your approval of ${asked.tool}`] : []),
      ...(ended ? [`Turn ${ended[0]} ${ended[1].status}`] : []),
    ];
    if (parts.length > 0) return parts.join('. ');
    const started = now.live.length > 0 && before.live.length === 0;
    return started ? 'The agent is working' : undefined;
  }

  override render() {
    return html`<div class="hidden-text" role="log" aria-live="polite">${this.words}</div>`;
  }
}

customElements.define('ev-announcer', Announcer);
