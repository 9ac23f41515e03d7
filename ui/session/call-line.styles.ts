import { css } from 'lit';

/** The line of one tool call or of several: a chevron, words, and at its end how it went. */
export const callLineStyles = css`
  :host {
    display: block;
  }
  .line {
    display: flex;
    flex: 1 1 auto;
    width: 100%;
    min-width: 0;
    min-height: 2rem;
    padding: 0 var(--space-3);
    border-radius: var(--radius-m);
    justify-content: flex-start;
    font-weight: 400;
  }
  .line:focus-visible {
    outline-offset: -2px;
  }
  .chevron {
    display: flex;
    color: var(--muted);
    transition: transform 120ms;
  }
  [aria-expanded='true'] .chevron {
    transform: rotate(90deg);
  }
  .state {
    display: inline-flex;
    align-items: center;
    gap: var(--space-1);
    margin-left: auto;
    padding-left: var(--space-2);
    color: var(--muted);
    font-size: var(--text-xs);
    font-variant-numeric: tabular-nums;
  }
  .state.ok svg {
    color: var(--ok);
  }
  .bad {
    color: var(--danger);
  }
`;
