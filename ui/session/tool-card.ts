import { css, html, nothing, type TemplateResult } from 'lit';
import { request } from '../events.ts';
import { callPreview, exactArguments, hasOwnPreview } from '../inbox/call-preview.ts';
import { summaryOf } from '../inbox/model/call.ts';
import type { Approvals } from '../inbox/state/approvals.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { bytes, duration } from '../parts/model/format.ts';
import { headOf, tailOf } from '../parts/model/lines.ts';
import { withoutTerminalCodes } from '../parts/model/terminal-codes.ts';
import { shared } from '../parts/shared.styles.ts';
import { callLineStyles } from './call-line.styles.ts';
import { isSelected } from './model/beside.ts';
import type { ToolBlock, ToolState } from './model/blocks.ts';
import type { SessionPlace } from './model/place.ts';
import './attached.ts';
import '../inbox/approval.ts';
import '../parts/long-text.ts';
import '../parts/unified-diff.ts';

const liveLines = 8;

const states: Record<ToolState, { label: string; tone: 'busy' | 'ask' | 'ok' | 'bad' | 'still' }> = {
  writing: { label: 'writing', tone: 'busy' },
  queued: { label: 'next', tone: 'busy' },
  asking: { label: 'waiting for you', tone: 'ask' },
  running: { label: 'running', tone: 'busy' },
  ok: { label: 'done', tone: 'ok' },
  error: { label: 'failed', tone: 'bad' },
  denied: { label: 'denied', tone: 'ask' },
  interrupted: { label: 'cut off, outcome unknown', tone: 'ask' },
  cancelled: { label: 'cancelled', tone: 'still' },
  lost: { label: 'no result', tone: 'still' },
};

type ToolCardProps = {
  block: ToolBlock | null;
  turn: number;
  selected: SessionPlace | null;
  approvals: Approvals | null;
  open: boolean;
};

/** One tool call: a line that says what and how it went; opened, its arguments and result. */
class ToolCard extends element<ToolCardProps>(
  { block: null, turn: 0, selected: null, approvals: null, open: false },
  'open',
) {
  static override styles = [
    shared,
    callLineStyles,
    css`
      .card {
        border: 1px solid var(--line);
        border-radius: var(--radius-m);
        background: var(--surface);
        overflow: hidden;
      }
      .card.bad {
        border-color: var(--danger-line);
        color: inherit;
      }
      .card.selected {
        border-color: var(--accent);
        box-shadow: 0 0 0 1px var(--accent);
      }
      .row {
        display: flex;
        align-items: center;
      }
      .inspect {
        margin-right: var(--space-1);
        min-height: 1.75rem;
        width: 1.75rem;
      }
      .line {
        border: 0;
        background: none;
      }
      .name {
        font-weight: 600;
        font-family: var(--mono);
      }
      .summary {
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        color: var(--muted);
        font-family: var(--mono);
      }
      .state.ask {
        color: var(--warn);
      }
      .dot {
        width: 0.5rem;
        height: 0.5rem;
        border-radius: 50%;
        background: var(--state-running);
        animation: pulse 1.4s ease-in-out infinite;
      }
      @keyframes pulse {
        50% {
          opacity: 0.25;
        }
      }
      .body {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-3);
        padding: 0 var(--space-3) var(--space-3);
      }
      .live,
      .why {
        margin: 0;
        padding: 0 var(--space-3) var(--space-3) 2rem;
        color: var(--muted);
        font: var(--text-s) / 1.5 var(--mono);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .why {
        color: var(--danger);
      }
      .images {
        padding: 0 var(--space-3) var(--space-3) 2rem;
      }
      .why.ask {
        color: var(--warn);
      }
      .path {
        margin-bottom: var(--space-2);
        color: var(--muted);
        font-size: var(--text-s);
        overflow-wrap: anywhere;
      }
      .command {
        margin: 0;
        font-size: var(--text-s);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .command span {
        color: var(--muted);
      }
      ev-approval {
        margin-top: var(--space-2);
      }
    `,
  ];

  override render() {
    const { block } = this;
    if (!block) return nothing;
    const { label, tone } = states[block.state];
    const time = block.result && block.state === 'ok' ? duration(block.result.durationMs) : label;
    const summary = block.arguments === null ? 'called on an older page' : summaryOf(block.tool, block.arguments);
    return html`<div class="card ${tone} ${this.place && isSelected(this.selected, this.place) ? 'selected' : ''}">
        <div class="row">
        <button class="line" aria-expanded=${this.open} @click=${this.toggle}>
          <span class="chevron">${icon('chevron', 12)}</span>
          <span class="name">${block.tool}</span>
          <span class="summary">${block.state === 'writing' && !summary ? '…' : summary}</span>
          <span class="state ${tone}">${this.sign(tone)}<span class="hidden-text">${label}</span><span aria-hidden="true">${time}</span></span>
        </button>
        ${this.place ? html`<button class="quiet icon inspect" title="Inspect" aria-label="Inspect ${block.tool}" @click=${this.inspect}>${icon('search', 14)}</button>` : nothing}
        </div>
        ${this.open ? this.body(block) : this.glimpse(block)}
        ${block.result?.images ? html`<ev-attached class="images" .items=${block.result.images}></ev-attached>` : nothing}
      </div>
      ${this.question(block)}`;
  }

  /** A call of an older page has no number. */
  private get place(): SessionPlace | null {
    const { block, turn } = this;
    return block && block.call !== null && turn > 0 ? { kind: 'call', turn, step: block.step, call: block.call } : null;
  }

  private inspect(): void {
    request(this, 'select-place', { place: this.place });
  }

  private sign(tone: string): TemplateResult {
    if (tone === 'busy') return html`<span class="dot"></span>`;
    if (tone === 'ok') return icon('check', 14);
    return icon(tone === 'bad' ? 'cross' : tone === 'ask' ? 'warning' : 'stop', 14);
  }

  /** What is worth seeing without opening: the end of live output, the beginning of what went wrong. */
  private glimpse({ state, output, result, arguments: text }: ToolBlock) {
    if (state === 'running' && output) {
      return html`<pre class="live">${withoutTerminalCodes(tailOf(output, liveLines, 4000).tail)}</pre>`;
    }
    if (state === 'writing' && text && text.length > 400)
      return html`<div class="live">${bytes(text.length)} written</div>`;
    if (result && (state === 'error' || state === 'denied' || state === 'interrupted')) {
      const { head, more } = headOf(result.text, 3, 300);
      const tone = state === 'error' ? '' : 'ask';
      return html`<div class="why ${tone}">${withoutTerminalCodes(head)}${more ? ' …' : ''}</div>`;
    }
    return nothing;
  }

  private body({ tool, arguments: text, output, result, state }: ToolBlock) {
    return html`<div class="body">
      ${text === null ? nothing : html`<div>${callPreview(tool, text)}</div>`}
      ${text !== null && hasOwnPreview(tool, text) ? exactArguments(text) : nothing}
      ${result?.diff ? html`<ev-unified .diff=${result.diff}></ev-unified>` : nothing}
      ${output !== null && !result ? html`<ev-long-text .text=${output} label="Output so far"></ev-long-text>` : nothing}
      ${
        result
          ? html`<ev-long-text .text=${result.text} label=${`Result · ${states[state].label} · ${duration(result.durationMs)}`}></ev-long-text>`
          : nothing
      }
    </div>`;
  }

  private question({ approval, state }: ToolBlock) {
    if (!approval || state !== 'asking') return nothing;
    return html`<ev-approval
      .approval=${approval}
      .locked=${this.approvals?.locked ?? null}
      .answering=${this.approvals?.answering[approval.id] ?? null}
      .failure=${this.approvals?.failures[approval.id] ?? null}
    ></ev-approval>`;
  }

  private toggle(): void {
    this.open = !this.open;
  }
}

customElements.define('ev-tool-card', ToolCard);
