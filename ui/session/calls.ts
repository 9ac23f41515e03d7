import { css, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Approvals } from '../inbox/state/approvals.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { duration } from '../parts/model/format.ts';
import { shared } from '../parts/shared.styles.ts';
import { callLineStyles } from './call-line.styles.ts';
import type { CallGroup } from './model/fold.ts';
import type { SessionPlace } from './model/place.ts';
import './thinking.ts';
import './tool-card.ts';

type CallsProps = {
  group: CallGroup | null;
  turn: number;
  approvals: Approvals | null;
  selected: SessionPlace | null;
  open: boolean;
};

/** Calls in a row as one line, which opens. */
class Calls extends element<CallsProps>(
  { group: null, turn: 0, approvals: null, selected: null, open: false },
  'open',
) {
  static override styles = [
    shared,
    callLineStyles,
    css`
      .line {
        border-color: var(--line);
      }
      .words {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .inside {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-2);
        margin-top: var(--space-2);
        padding-left: var(--space-3);
        border-left: 2px solid var(--line);
      }
    `,
  ];

  override render() {
    const { group } = this;
    if (!group) return nothing;
    const { words, ms, failed, blocks } = group;
    const isOpen = this.open || this.holdsSelected(group);
    return html`<button class="line" aria-expanded=${isOpen} @click=${this.toggle}>
        <span class="chevron">${icon('chevron', 12)}</span>
        <span class="words">${words}${failed > 0 ? html`, <span class="bad">${failed} not completed</span>` : nothing}</span>
        <span class="state ok">${failed === 0 ? icon('check', 14) : nothing}${duration(ms)}</span>
      </button>
      ${
        isOpen
          ? html`<div class="inside">
              ${repeat(
                blocks,
                ({ key }) => key,
                (block) =>
                  block.kind === 'tool'
                    ? html`<ev-tool-card .block=${block} .turn=${this.turn} .approvals=${this.approvals} .selected=${this.selected}></ev-tool-card>`
                    : block.kind === 'thinking'
                      ? html`<ev-thinking .text=${block.text}></ev-thinking>`
                      : nothing,
              )}
            </div>`
          : nothing
      }`;
  }

  private holdsSelected({ blocks }: CallGroup): boolean {
    const { selected, turn } = this;
    if (selected?.kind !== 'call' || selected.turn !== turn) return false;
    return blocks.some(
      (block) => block.kind === 'tool' && block.step === selected.step && block.call === selected.call,
    );
  }

  private toggle(): void {
    this.open = !this.open;
  }
}

customElements.define('ev-calls', Calls);
