import { css, html, nothing } from 'lit';
import type { Span } from '../../contracts/api.ts';
import { element } from '../parts/element.ts';
import { count, duration } from '../parts/model/format.ts';
import { shared } from '../parts/shared.styles.ts';
import { placeOf, prefixBreak, timeToFirstToken, usageOf } from './model/trace.ts';

const percent = (fraction: number): string => `${(fraction * 100).toFixed(2)}%`;

type TraceViewProps = {
  spans: readonly Span[];
};

/** The operations of a turn against time. */
class TraceView extends element<TraceViewProps>({ spans: [] }) {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
        overflow-x: auto;
      }
      table {
        width: 100%;
        min-width: 34rem;
        border-collapse: collapse;
        font-size: var(--text-xs);
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        padding: var(--space-1) var(--space-3) var(--space-1) 0;
        border-bottom: 1px solid var(--line);
        text-align: left;
        font-weight: 400;
        white-space: nowrap;
      }
      th {
        color: var(--muted);
      }
      td.number,
      th.number {
        text-align: right;
      }
      td:nth-child(2) {
        max-width: 22rem;
        overflow: hidden;
        text-overflow: ellipsis;
        font-family: var(--mono);
      }
      td:last-child,
      th:last-child {
        width: 35%;
        padding-right: 0;
      }
      .lane {
        position: relative;
        display: block;
        height: 0.5rem;
        border-radius: 3px;
        background: var(--hover);
      }
      .lane span {
        position: absolute;
        top: 0;
        bottom: 0;
        min-width: 2px;
        border-radius: 3px;
        background: var(--accent);
      }
      .lane .tool {
        background: var(--line-strong);
      }
      .bad {
        color: var(--danger);
      }
      .declared {
        color: var(--muted);
      }
    `,
  ];

  override render() {
    if (this.spans.length === 0) return html`<p>No operation was recorded.</p>`;
    return html`<table>
      <thead>
        <tr>
          <th>Step</th>
          <th>Operation</th>
          <th class="number">In</th>
          <th class="number">Cached</th>
          <th class="number">Out</th>
          <th class="number">First token</th>
          <th class="number">Time</th>
          <th>When</th>
        </tr>
      </thead>
      <tbody>
        ${this.spans.map((span) => this.row(span))}
      </tbody>
    </table>`;
  }

  private row(span: Span) {
    const usage = usageOf(span);
    const first = timeToFirstToken(span);
    const broken = prefixBreak(span);
    const { from, length } = placeOf(span, this.spans);
    return html`<tr>
      <td>${span.step}</td>
      <td title=${span.name}>
        ${span.name}${span.attempt > 1 ? html` · attempt ${span.attempt}` : nothing}
        ${span.status === 'ok' ? nothing : html`<span class="bad"> ${span.status}</span>`}
        ${broken ? html`<span class=${broken.isFault ? 'bad' : 'declared'}> ${broken.words}</span>` : nothing}
      </td>
      <td class="number">${usage ? count(usage.input) : ''}</td>
      <td class="number">${usage ? count(usage.cacheRead) : ''}</td>
      <td class="number">${usage ? count(usage.output) : ''}</td>
      <td class="number">${first === null ? '' : duration(first)}</td>
      <td class="number">${duration(Date.parse(span.endedAt) - Date.parse(span.startedAt))}</td>
      <td>
        <span class="lane"
          ><span class=${span.kind} .style=${`left: ${percent(from)}; width: ${percent(length)}`}></span
        ></span>
      </td>
    </tr>`;
  }
}

customElements.define('ev-trace', TraceView);
