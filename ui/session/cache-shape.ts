import { css, html, nothing, type TemplateResult } from 'lit';
import { type Segments, segmentNames } from '../../contracts/cache.ts';
import { count, tokens } from '../parts/model/format.ts';
import { rateClass, rateClasses, segmentWords, shapeOf, totalOf } from './model/cache-rate.ts';

export const shapeStyles = css`
  :host {
    --segment-tools: light-dark(#8792a0, #7d8896);
    --segment-system: light-dark(#4d7db8, #6d9bd3);
    --segment-conversation: light-dark(#2b8f86, #4fb8ad);
  }
  .shape {
    display: flex;
    height: 0.375rem;
    overflow: hidden;
    border-radius: 2px;
    background: var(--active);
  }
  .shape.up {
    flex-direction: column-reverse;
    height: auto;
    border-radius: 2px 2px 0 0;
    background: none;
  }
  .shape i,
  .swatch {
    --hue: var(--segment-conversation);
    flex: none;
    background: var(--hue);
  }
  .shape .tools,
  .swatch.tools {
    --hue: var(--segment-tools);
  }
  .shape .system,
  .swatch.system {
    --hue: var(--segment-system);
  }
  .shape .miss,
  .swatch.miss {
    background: repeating-linear-gradient(
      -45deg,
      color-mix(in srgb, var(--hue) 75%, transparent) 0 1.5px,
      color-mix(in srgb, var(--hue) 18%, transparent) 1.5px 4px
    );
  }
  .rate {
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .rate.high {
    color: var(--state-completed);
  }
  .rate.middle {
    color: var(--state-waiting);
  }
  .rate.low {
    color: var(--state-failed);
  }
  .keys {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-1) var(--space-3);
    color: var(--muted);
    font-size: var(--text-xs);
  }
  .keys span {
    display: inline-flex;
    align-items: center;
    gap: var(--space-1);
  }
  .swatch {
    width: 0.75rem;
    height: 0.5rem;
    border-radius: 1px;
  }
`;

/** A prompt by segment, along a line or up a column; `whole`: what the full length stands for. */
export const shapeBar = (segments: Segments, { up = false, whole = totalOf(segments) } = {}): TemplateResult =>
  html`<span class="shape ${up ? 'up' : ''}" .style=${up ? `height: ${whole > 0 ? (totalOf(segments) / whole) * 100 : 0}%` : ''}
    >${shapeOf(segments).map(
      ({ segment, isHit, share }) =>
        html`<i class="${segment} ${isHit ? 'hit' : 'miss'}" .style=${`${up ? 'height' : 'width'}: ${share * 100}%`}></i>`,
    )}</span
  >`;

/** Says the rate with a sign beside its colour. */
export const rateMark = (rate: number | null): TemplateResult | typeof nothing => {
  if (rate === null) return nothing;
  const { name, sign, words } = rateClass(rate);
  return html`<span class="rate ${name}" title="Served from the provider's cache (${words})"><span aria-hidden="true">${sign}</span> ${rate} %<span class="hidden-text"> from the cache</span></span>`;
};

/** Segments as text: what colours and lengths show. */
export const segmentTable = (segments: Segments): TemplateResult =>
  html`<table class="segments numbers">
    <thead><tr><th scope="col">Prompt</th><th scope="col">Cached</th><th scope="col">Read</th></tr></thead>
    <tbody>
      ${segmentNames.map(
        (name) =>
          html`<tr><th scope="row"><i class="swatch ${name}"></i> ${segmentWords[name]}</th><td>${count(segments[name].hit)}</td><td>${count(segments[name].miss)}</td></tr>`,
      )}
    </tbody>
  </table>`;

export const shapeKeys = (): TemplateResult => html`<div class="keys">
  ${segmentNames.map((name) => html`<span><i class="swatch ${name}"></i>${segmentWords[name]}</span>`)}
  <span><i class="swatch miss"></i>not cached</span>
</div>`;

export const rateKeys = (): TemplateResult => html`<div class="keys">
  ${rateClasses.map(({ name, sign, words }) => html`<span class="rate ${name}"><span aria-hidden="true">${sign}</span> ${words}</span>`)}
</div>`;

export const shapeTitle = (segments: Segments): string =>
  shapeOf(segments)
    .map(
      ({ segment, isHit, tokens: number }) =>
        `${segmentWords[segment]}: ${tokens(number)} ${isHit ? 'cached' : 'read'}`,
    )
    .join('\n');
