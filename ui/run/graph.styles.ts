import { css } from 'lit';

export const graphStyles = css`
  :host {
    position: relative;
    display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    min-height: 0;
    container-type: inline-size;
  }
  ev-canvas {
    min-height: 16rem;
  }
  .note {
    display: grid;
    place-content: center;
    justify-items: center;
    gap: var(--space-3);
    padding: var(--space-5);
    color: var(--muted);
    text-align: center;
  }
  .note p {
    max-width: 30rem;
    margin: 0;
  }
  .failed {
    color: var(--danger);
  }
  svg.edges {
    position: absolute;
    inset: 0;
    overflow: visible;
    pointer-events: none;
  }
  .edge {
    fill: none;
    stroke: var(--line-strong);
    stroke-width: 1.4;
  }
  .edge.waiting {
    stroke: color-mix(in srgb, var(--line-strong) 60%, transparent);
    stroke-dasharray: 5 4;
  }
  .edge.live {
    stroke: var(--state-running);
    stroke-width: 2.2;
  }
  .edge.cut {
    stroke: color-mix(in srgb, var(--line-strong) 45%, transparent);
    stroke-dasharray: 1.5 5;
  }
  marker path {
    fill: var(--line-strong);
  }
  marker.live path {
    fill: var(--state-running);
  }
  marker.cut path,
  marker.waiting path {
    fill: color-mix(in srgb, var(--line-strong) 70%, var(--sunken));
  }
  .case {
    position: absolute;
    max-width: 11rem;
    padding: 0 var(--space-2);
    overflow: hidden;
    transform: translate(-50%, -50%);
    border-radius: 9px;
    background: var(--sunken);
    color: var(--muted);
    font-size: 11px;
    line-height: 18px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .case.done,
  .case.live {
    color: var(--fg);
    font-weight: 600;
  }
  .case.cut {
    text-decoration: line-through;
  }
  .group {
    position: absolute;
    border: 1px solid var(--line);
    border-radius: var(--radius-l);
    background: color-mix(in srgb, var(--fg) 3%, transparent);
  }
  .group.phase {
    border-color: var(--line);
    background: var(--bg);
  }
  .title {
    display: flex;
    align-items: baseline;
    gap: var(--space-2);
    min-width: 0;
    padding: 0.3rem 0.7rem;
    color: var(--muted);
    font-size: 11.5px;
    white-space: nowrap;
  }
  .title strong {
    overflow: hidden;
    color: var(--fg);
    font-weight: 600;
    text-overflow: ellipsis;
  }
  .title .counts {
    flex: none;
    margin-left: auto;
  }
  .title .detail {
    flex: 1 1 0;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .node {
    --tone: var(--state-skipped);
    position: absolute;
    display: grid;
    grid-template-columns: 1rem minmax(0, 1fr);
    align-content: center;
    align-items: center;
    justify-content: stretch;
    column-gap: 0.5rem;
    row-gap: 0;
    min-height: 0;
    padding: 0 0.6rem 0 0.55rem;
    border: 1px solid color-mix(in srgb, var(--tone) 55%, var(--surface));
    border-radius: var(--radius-m);
    background: color-mix(in srgb, var(--tone) 7%, var(--surface));
    text-align: left;
    line-height: 1.25;
  }
  .node:hover:not(:disabled) {
    border-color: var(--tone);
    background: color-mix(in srgb, var(--tone) 14%, var(--surface));
  }
  .node.pending {
    border-color: var(--line);
    border-style: dashed;
    background: var(--surface);
  }
  .node.running {
    --tone: var(--state-running);
  }
  .node.completed {
    --tone: var(--state-completed);
  }
  .node.waiting {
    --tone: var(--state-waiting);
    border-width: 2px;
    background: var(--warn-soft);
  }
  .node.failed,
  .node.timed_out {
    --tone: var(--state-failed);
    border-width: 2px;
  }
  .node.reused {
    --tone: var(--state-reused);
  }
  .node.excluded,
  .node.skipped,
  .node.cancelled {
    border-style: dotted;
    background: var(--sunken);
  }
  .node.excluded .name,
  .node.skipped .name {
    color: var(--muted);
    text-decoration: line-through;
    text-decoration-color: var(--line-strong);
  }
  .node[aria-pressed='true'] {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .node:focus-visible {
    outline-width: 3px;
  }
  .mark {
    grid-row: 1 / span 2;
    display: grid;
    place-items: center;
    color: var(--tone);
  }
  .dot {
    width: 0.5625rem;
    height: 0.5625rem;
    border-radius: 50%;
    background: currentColor;
    animation: pulse 1.6s ease-in-out infinite;
  }
  @keyframes pulse {
    50% {
      opacity: 0.35;
    }
  }
  .name {
    overflow: hidden;
    font-size: 12.5px;
    font-weight: 560;
    text-overflow: ellipsis;
  }
  .facts {
    overflow: hidden;
    color: var(--muted);
    font-size: 11px;
    font-weight: 400;
    text-overflow: ellipsis;
  }
  .bar {
    position: absolute;
    inset: auto 0.3rem 0.2rem;
    display: flex;
    height: 3px;
    border-radius: 2px;
    background: var(--active);
    overflow: hidden;
  }
  .bar i {
    flex: 0 0 0;
    background: var(--line-strong);
  }
  .bar .completed {
    background: var(--state-completed);
  }
  .bar .failed,
  .bar .timed_out {
    background: var(--state-failed);
  }
  .bar .running {
    background: var(--state-running);
  }
  .bar .waiting {
    background: var(--state-waiting);
  }
  .bar .pending {
    background: none;
  }
  .join {
    position: absolute;
    border: 2px solid var(--line-strong);
    border-radius: 50%;
    background: var(--surface);
  }
  .join.completed {
    background: var(--line-strong);
  }
  /* Words that nobody can read make room for what can be told apart from afar. */
  ev-canvas[distance='mid'] .facts,
  ev-canvas[distance='far'] .facts,
  ev-canvas[distance='dots'] .facts,
  ev-canvas[distance='dots'] .name,
  ev-canvas[distance='dots'] .case,
  ev-canvas[distance='far'] .title :is(.detail, .counts),
  ev-canvas[distance='dots'] .title {
    display: none;
  }
  ev-canvas:is([distance='mid'], [distance='far'], [distance='dots']) .node {
    grid-template-rows: 1fr;
  }
  ev-canvas[distance='mid'] .name {
    font-size: 17px;
  }
  ev-canvas[distance='mid'] .title {
    font-size: 16px;
  }
  ev-canvas[distance='far'] :is(.name, .title, .case) {
    font-size: 26px;
  }
  ev-canvas[distance='far'] .title {
    padding-block: 0;
  }
  ev-canvas[distance='far'] .node {
    column-gap: 0.8rem;
    border-width: 2px;
    background: color-mix(in srgb, var(--tone) 18%, var(--surface));
  }
  ev-canvas[distance='far'] .mark svg,
  ev-canvas[distance='far'] .dot {
    transform: scale(1.5);
  }
  ev-canvas[distance='dots'] .node {
    grid-template-columns: 1fr;
    border-width: 4px;
    border-style: solid;
    border-color: var(--tone);
    background: color-mix(in srgb, var(--tone) 55%, var(--surface));
  }
  ev-canvas[distance='dots'] .mark {
    color: var(--fg);
  }
  ev-canvas[distance='dots'] .mark svg,
  ev-canvas[distance='dots'] .dot {
    transform: scale(2.4);
  }
  ev-canvas[distance='dots'] .edge {
    stroke-width: 4;
  }
  ev-canvas[distance='far'] .node.pending,
  ev-canvas[distance='dots'] .node:is(.pending, .excluded, .skipped) {
    border-color: var(--line-strong);
    background: var(--surface);
  }
  .node.dim {
    opacity: 0.25;
  }
  .bar-above {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-1) var(--space-4);
    min-height: 2.25rem;
    padding: 0.2rem var(--space-4);
    border-bottom: 1px solid var(--line);
  }
  .finder {
    display: flex;
    align-items: center;
    gap: var(--space-2);
    width: 11rem;
    margin-left: auto;
    color: var(--muted);
    font-size: var(--text-s);
  }
  .finder input {
    padding-block: 0.15rem;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-1) var(--space-3);
    color: var(--muted);
    font-size: var(--text-xs);
  }
  .legend span {
    display: inline-flex;
    align-items: center;
    gap: var(--space-1);
  }
  .legend .mark {
    --tone: var(--state-skipped);
  }
  .legend .running {
    --tone: var(--state-running);
  }
  .legend .completed {
    --tone: var(--state-completed);
  }
  .legend .waiting {
    --tone: var(--state-waiting);
  }
  .legend .failed,
  .legend .timed_out {
    --tone: var(--state-failed);
  }
  .legend .reused {
    --tone: var(--state-reused);
  }
  ev-node-inspector {
    min-height: 0;
    border-top: 1px solid var(--line);
  }
  .whole {
    display: grid;
    min-width: 0;
    min-height: 0;
    height: 100%;
  }
  .both {
    grid-template-rows: minmax(12rem, 1fr) minmax(0, 1fr);
  }
  @container (min-width: 56rem) {
    .both {
      grid-template: minmax(0, 1fr) / minmax(0, 1fr) clamp(21rem, 30%, 34rem);
    }
    .both ev-node-inspector {
      border-top: 0;
      border-left: 1px solid var(--line);
    }
  }
  .drawing {
    display: grid;
    grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
    min-width: 0;
    min-height: 0;
  }
`;
