import { css } from 'lit';

export const statechartStyles = css`
  :host {
    display: grid;
    min-width: 0;
    min-height: 0;
  }
  ev-canvas {
    min-height: 20rem;
  }
  p {
    place-self: center;
    margin: 0;
    color: var(--muted);
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
    stroke: color-mix(in srgb, var(--line-strong) 65%, transparent);
    stroke-width: 1.3;
  }
  .edge.taken {
    stroke: var(--state-completed);
    stroke-width: 2;
  }
  .edge.near {
    stroke: var(--accent);
    stroke-width: 2.2;
  }
  marker path {
    fill: color-mix(in srgb, var(--line-strong) 80%, var(--sunken));
  }
  marker.taken path {
    fill: var(--state-completed);
  }
  marker.near path {
    fill: var(--accent);
  }
  .label {
    position: absolute;
    display: grid;
    transform: translate(-50%, -50%);
    border-radius: var(--radius-s);
    background: color-mix(in srgb, var(--sunken) 88%, transparent);
    color: var(--muted);
    font-family: var(--mono);
    font-size: 10px;
    line-height: 15px;
    text-align: center;
    white-space: nowrap;
  }
  .label.taken {
    color: var(--state-completed);
  }
  .label.near {
    color: var(--accent);
  }
  .group {
    position: absolute;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-l);
    background: color-mix(in srgb, var(--fg) 3%, transparent);
  }
  .group.live {
    border-color: var(--state-running);
  }
  .group span {
    position: absolute;
    top: -0.72rem;
    left: 0.75rem;
    padding: 0 0.4rem;
    border-radius: var(--radius-s);
    background: var(--sunken);
    color: var(--muted);
    font-size: 12px;
    font-weight: 600;
  }
  .state {
    position: absolute;
    display: grid;
    align-content: center;
    justify-items: start;
    justify-content: stretch;
    gap: 0;
    min-height: 0;
    padding: 0.3rem 0.7rem;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-l);
    background: var(--surface);
    line-height: 1.25;
    text-align: left;
  }
  .state:hover:not(:disabled) {
    border-color: var(--fg);
    background: var(--surface);
  }
  .state[aria-pressed='true'] {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .state.visited {
    border-color: color-mix(in srgb, var(--state-completed) 70%, var(--surface));
    background: color-mix(in srgb, var(--state-completed) 7%, var(--surface));
  }
  .state.live {
    border: 2px solid var(--state-running);
    background: color-mix(in srgb, var(--state-running) 14%, var(--surface));
  }
  .state.final {
    border-style: double;
    border-width: 4px;
  }
  .state.final.live {
    border-color: var(--state-completed);
    background: color-mix(in srgb, var(--state-completed) 16%, var(--surface));
  }
  .head {
    display: flex;
    align-items: center;
    gap: 0.4rem;
    max-width: 100%;
    font-size: 13px;
    font-weight: 600;
  }
  .dot {
    flex: none;
    width: 0.5625rem;
    height: 0.5625rem;
    border-radius: 50%;
    background: var(--state-running);
    animation: pulse 1.6s ease-in-out infinite;
  }
  .tick {
    display: inline-flex;
    color: var(--state-completed);
  }
  @keyframes pulse {
    50% {
      opacity: 0.35;
    }
  }
  .initial {
    color: var(--muted);
    font-size: 10px;
    font-weight: 400;
  }
  .spent {
    color: var(--muted);
    font-size: 11px;
    font-weight: 400;
  }
  .effect {
    color: var(--muted);
    font-family: var(--mono);
    font-size: 10.5px;
    font-weight: 400;
    line-height: 15px;
  }
  .any {
    position: absolute;
    display: grid;
    place-items: center;
    border: 1px dashed var(--line-strong);
    border-radius: 11px;
    background: var(--sunken);
    color: var(--muted);
    font-size: 10.5px;
  }
  ev-canvas[distance='dots'] :is(.label, .effect, .spent, .initial) {
    display: none;
  }
  ev-canvas[distance='far'] :is(.effect, .initial) {
    display: none;
  }
  ev-canvas[distance='far'] .head {
    font-size: 18px;
  }
  ev-canvas[distance='mid'] .head {
    font-size: 15px;
  }
`;
