import { css } from 'lit';

export const rowHeight = 28;

export const waterfallStyles = css`
  :host {
    display: block;
    font-size: var(--text-s);

    --latency-fast: light-dark(#8fb8f5, #4a78bd);
    --latency-moderate: light-dark(#4a86e8, #7fb0ff);
    --latency-slow: light-dark(#1b4fae, #c5dcff);
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-2) var(--space-3);
    padding-bottom: var(--space-2);
  }
  .bar input {
    width: 11rem;
    height: 1.75rem;
    padding-block: 0;
    font-size: var(--text-s);
  }
  .bar button {
    min-height: 1.75rem;
  }
  .bar button[aria-pressed='true'] {
    background: var(--active);
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-1) var(--space-3);
    margin-left: auto;
    color: var(--muted);
    font-size: var(--text-xs);
  }
  .legend i {
    display: inline-block;
    width: 0.75rem;
    height: 0.5rem;
    margin-right: var(--space-1);
    border-radius: 1px;
  }
  .body {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--space-4);
  }
  .frame {
    position: relative;
    max-height: var(--waterfall, min(32rem, 60vh));
    overflow: auto;
    border-block: 1px solid var(--line);
  }
  .axis,
  .row {
    display: grid;
    grid-template-columns: minmax(9rem, 18rem) 4.5rem 4.5rem minmax(8rem, 1fr);
    align-items: center;
    height: ${rowHeight}px;
  }
  .axis {
    position: sticky;
    top: 0;
    z-index: 1;
    border-bottom: 1px solid var(--line);
    background: var(--bg);
    color: var(--muted);
    font-size: var(--text-xs);
  }
  .row {
    position: absolute;
    left: 0;
    width: 100%;
    min-height: 0;
    padding: 0;
    border: 0;
    border-radius: 0;
    background: none;
    font-weight: 400;
    text-align: left;
    justify-content: stretch;
    gap: 0;
    cursor: default;
  }
  button.row {
    cursor: pointer;
  }
  .row[aria-pressed='true'] {
    background: var(--active);
  }
  .label {
    overflow: hidden;
    padding-right: var(--space-2);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .group .label {
    color: var(--muted);
  }
  .number {
    padding-right: var(--space-3);
    color: var(--muted);
    text-align: right;
    white-space: nowrap;
  }
  .bad {
    color: var(--state-failed);
  }
  .cut {
    color: var(--state-waiting);
  }
  .busy {
    color: var(--state-running);
  }
  .lane {
    position: relative;
    height: 100%;
    overflow: hidden;
  }
  .lane i {
    position: absolute;
    top: 8px;
    bottom: 8px;
    min-width: 2px;
    border-radius: 2px;
    background: var(--latency-moderate);
  }
  .lane i.group {
    top: 13px;
    bottom: 13px;
    background: var(--line-strong);
  }
  .fast {
    background: var(--latency-fast) !important;
  }
  .slow {
    background: var(--latency-slow) !important;
  }
  .tool:not(.group) {
    top: 10px !important;
    bottom: 10px !important;
  }
  .running {
    background: repeating-linear-gradient(
      90deg,
      var(--state-running) 0 6px,
      color-mix(in srgb, var(--state-running) 55%, transparent) 6px 12px
    ) !important;
  }
  .waiting {
    background: var(--state-waiting) !important;
  }
  .reused {
    background: var(--state-reused) !important;
  }
  .error {
    background: var(--state-failed) !important;
  }
  .interrupted {
    background: repeating-linear-gradient(
      -45deg,
      var(--state-waiting) 0 3px,
      color-mix(in srgb, var(--state-waiting) 30%, var(--bg)) 3px 6px
    ) !important;
  }
  .cancelled {
    background: var(--state-skipped) !important;
  }
  .detail {
    overflow: hidden;
    padding-left: var(--space-1);
    color: var(--muted);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .detail.error {
    background: none !important;
    color: var(--state-failed);
  }
  .detail.interrupted {
    background: none !important;
    color: var(--state-waiting);
  }
  .bar select {
    width: auto;
    min-height: 2rem;
    padding: 0 var(--space-2);
  }
  .tick {
    position: absolute;
    top: 0;
    bottom: 0;
    padding: 6px 0 0 3px;
    border-left: 1px solid var(--line);
    white-space: nowrap;
  }
  .inspector {
    min-width: 0;
    border-top: 1px solid var(--line);
    padding-top: var(--space-3);
  }
  h3 {
    margin: 0 0 var(--space-2);
    font-size: var(--text-s);
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  dl {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: 0.125rem var(--space-4);
    margin: 0 0 var(--space-3);
  }
  dt {
    color: var(--muted);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  p {
    margin: 0;
    color: var(--muted);
  }
  @media (min-width: 75rem) {
    :host([wide]) .body.open {
      grid-template-columns: minmax(0, 1fr) 24rem;
    }
    :host([wide]) .inspector {
      max-height: min(32rem, 60vh);
      overflow: auto;
      border-top: 0;
      border-left: 1px solid var(--line);
      padding: 0 0 0 var(--space-4);
    }
  }
  @media (max-width: 40rem) {
    .axis,
    .row {
      grid-template-columns: minmax(5rem, 8.5rem) 4.25rem minmax(8rem, 1fr);
    }
    .tokens {
      display: none;
    }
    .tick:nth-child(even) {
      color: transparent;
    }
  }
`;
