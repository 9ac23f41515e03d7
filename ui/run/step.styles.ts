import { css } from 'lit';

export const stepStyles = css`
  :host {
    display: block;
    min-width: 0;
    scroll-margin: 5rem;
  }
  .row {
    position: relative;
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto 3.25rem 4rem 5.5rem;
    align-items: center;
    column-gap: var(--space-3);
    min-height: 1.75rem;
    padding-right: var(--space-4);
    font-size: var(--text-s);
  }
  .row:hover {
    background: var(--hover);
  }
  .row.target {
    background: var(--accent-soft);
  }
  .head {
    justify-content: flex-start;
    max-width: min(26rem, 100%);
    min-width: 0;
    min-height: 1.75rem;
    padding: 0 0 0 var(--space-3);
    border: 0;
    background: none;
    font-weight: 400;
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
  .chevron {
    display: flex;
    color: var(--muted);
    transition: transform 120ms;
  }
  [aria-expanded='true'] .chevron {
    transform: rotate(90deg);
  }
  .state {
    display: flex;
    flex: none;
    width: 7.25rem;
  }
  .name {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    font-family: var(--mono);
    font-weight: 600;
  }
  .tags {
    display: flex;
    min-width: 0;
    gap: var(--space-3);
    overflow: hidden;
    color: var(--muted);
    font-size: var(--text-xs);
    white-space: nowrap;
  }
  .tags > span {
    display: inline-flex;
    align-items: center;
    gap: var(--space-1);
    flex: none;
    max-width: 100%;
  }
  .tags .chosen {
    display: block;
    flex: 0 1 auto;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .reused {
    color: var(--state-reused);
  }
  .links {
    display: flex;
    gap: var(--space-3);
    font-size: var(--text-xs);
  }
  .links a {
    position: relative;
    z-index: 1;
  }
  .number {
    color: var(--muted);
    font-size: var(--text-xs);
    text-align: right;
    white-space: nowrap;
  }
  .why {
    margin: 0 var(--space-4) var(--space-3) 9.8125rem;
    color: var(--muted);
    font-size: var(--text-s);
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .why.failed,
  .why.timed_out {
    color: var(--danger);
  }
  .progress {
    margin: 0 var(--space-4) var(--space-3) 9.8125rem;
  }
  .body {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--space-3);
    padding: var(--space-1) var(--space-4) var(--space-4) 2.25rem;
  }
  .description {
    margin: 0;
    color: var(--muted);
    font-size: var(--text-s);
    overflow-wrap: anywhere;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-3);
  }
  .note {
    color: var(--muted);
    font-size: var(--text-s);
  }
  .tools {
    display: flex;
    align-items: center;
    margin-left: auto;
  }
  .tool {
    display: grid;
    place-items: center;
    width: 1.625rem;
    height: 1.625rem;
    color: var(--muted);
  }
  ev-question {
    margin: 0 var(--space-4) var(--space-4) 2.25rem;
  }
  @media (max-width: 56rem) {
    .row {
      grid-template-columns: minmax(0, 1fr) auto auto;
      padding-block: 0 var(--space-2);
    }
    .head {
      grid-column: 1 / -1;
      max-width: none;
    }
    .tags {
      grid-column: 1;
      grid-row: 2;
      flex-wrap: wrap;
      row-gap: 0;
      padding-left: 2.25rem;
    }
    .links {
      grid-column: 2;
      grid-row: 2;
    }
    .time {
      grid-column: 3;
      grid-row: 2;
    }
    .number:not(.time) {
      display: none;
    }
    .why,
    .progress {
      margin-left: 2.25rem;
    }
    .body,
    ev-question {
      padding-left: var(--space-3);
      padding-right: var(--space-3);
    }
    ev-question {
      margin: 0 0 var(--space-3);
    }
  }
`;
