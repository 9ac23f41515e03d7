import { css } from 'lit';

export const phaseStyles = css`
  :host {
    display: block;
    margin-bottom: var(--space-4);
    border-top: 1px solid var(--line);
    overflow: clip;
  }
  .title {
    position: relative;
    display: flex;
    align-items: baseline;
    gap: var(--space-3);
    padding-right: var(--space-4);
  }
  .title:hover {
    background: var(--hover);
  }
  h3 {
    flex: 1;
    min-width: 0;
    margin: 0;
    font-size: inherit;
  }
  .head {
    justify-content: flex-start;
    align-items: baseline;
    width: 100%;
    min-height: 2rem;
    padding: var(--space-2) 0 var(--space-1) var(--space-3);
    border: 0;
    background: none;
    font-size: var(--text-m);
    font-weight: 600;
    text-align: left;
    white-space: normal;
  }
  .head:hover:not(:disabled) {
    background: none;
  }
  .head:focus-visible {
    outline-offset: -2px;
  }
  .head::after {
    content: '';
    position: absolute;
    inset: 0;
  }
  .head span:last-child {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .chevron {
    display: flex;
    align-self: center;
    color: var(--muted);
    transition: transform 120ms;
  }
  [aria-expanded='true'] .chevron {
    transform: rotate(90deg);
  }
  .facts {
    display: flex;
    flex: none;
    gap: var(--space-3);
    color: var(--muted);
    font-size: var(--text-xs);
  }
  .detail {
    margin: 0;
    padding: 0 var(--space-4) var(--space-2) 2.25rem;
    color: var(--muted);
    font-size: var(--text-s);
    overflow-wrap: anywhere;
  }
  .progress {
    padding: 0 var(--space-4) var(--space-3) 2.25rem;
  }
  .filters {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-1);
    padding: 0 var(--space-4) var(--space-2) 1.75rem;
  }
  .filter {
    min-height: 1.625rem;
    padding: 0 var(--space-2);
    border-color: transparent;
    background: none;
    color: var(--muted);
    font-size: var(--text-xs);
    font-weight: 400;
    gap: var(--space-1);
  }
  .filter[aria-pressed='true'] {
    background: var(--active);
    color: var(--fg);
    font-weight: 550;
  }
  .calls {
    border-top: 1px solid var(--line);
  }
  ev-script-call {
    content-visibility: auto;
    contain-intrinsic-size: auto 2.5rem;
  }
  ev-script-call + ev-script-call {
    border-top: 1px solid var(--line);
  }
  .none {
    margin: 0;
    padding: var(--space-3) var(--space-4) var(--space-3) 2.25rem;
    color: var(--muted);
    font-size: var(--text-s);
  }
  .more {
    display: flex;
    align-items: center;
    gap: var(--space-3);
    padding: var(--space-2) var(--space-4) var(--space-2) 2.25rem;
    border-top: 1px solid var(--line);
    color: var(--muted);
    font-size: var(--text-s);
  }
  @media (max-width: 56rem) {
    ev-script-call {
      contain-intrinsic-size: auto 4.25rem;
    }
    .title {
      flex-wrap: wrap;
      row-gap: 0;
    }
    h3 {
      flex-basis: 100%;
    }
    .head {
      min-height: 2rem;
      padding-bottom: 0;
    }
    .facts {
      padding: 0 0 var(--space-2) 2.25rem;
    }
  }
`;
