import { css } from 'lit';

export const itemStyles = css`
  :host {
    display: block;
    min-width: 0;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-2);
    margin-bottom: var(--space-2);
  }
  .filters {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-1);
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
  .pager {
    display: flex;
    align-items: center;
    gap: var(--space-1);
    margin-left: auto;
    color: var(--muted);
    font-size: var(--text-xs);
  }
  .pager button {
    min-height: 1.625rem;
    width: 1.625rem;
  }
  .back svg {
    transform: rotate(180deg);
  }
  ol {
    margin: 0;
    padding: 0;
    max-height: min(34rem, 70vh);
    overflow: auto;
    overscroll-behavior: contain;
    border: 1px solid var(--line);
    border-radius: var(--radius-s);
    background: var(--surface);
    list-style: none;
    scrollbar-width: thin;
  }
  ol:empty {
    display: none;
  }
  ol.loading {
    opacity: 0.6;
  }
  li + li {
    border-top: 1px solid var(--line);
  }
  li {
    content-visibility: auto;
    contain-intrinsic-size: auto 2.125rem;
  }
  li.target {
    background: var(--accent-soft);
  }
  .row {
    position: relative;
    display: flex;
    align-items: center;
    gap: var(--space-3);
    min-height: 1.75rem;
    padding-right: var(--space-3);
    font-size: var(--text-s);
  }
  .row:hover {
    background: var(--hover);
  }
  .head {
    flex: none;
    min-height: 1.75rem;
    padding: 0 0 0 var(--space-2);
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
  }
  [aria-expanded='true'] .chevron {
    transform: rotate(90deg);
  }
  .index {
    min-width: 3rem;
    text-align: right;
    color: var(--muted);
  }
  .why {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    color: var(--muted);
  }
  .facts {
    display: flex;
    flex: none;
    gap: var(--space-3);
    color: var(--muted);
    font-size: var(--text-xs);
  }
  .facts a {
    position: relative;
    z-index: 1;
  }
  .body {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--space-2);
    padding: var(--space-1) var(--space-3) var(--space-3);
  }
  .message {
    margin: 0 0 var(--space-2);
    color: var(--muted);
    font-size: var(--text-s);
  }
  .failed {
    color: var(--danger);
  }
  @media (max-width: 40rem) {
    .row {
      flex-wrap: wrap;
      row-gap: 0;
    }
    .why {
      flex: 1 1 40%;
    }
    .why:empty {
      display: none;
    }
    .facts {
      margin-left: auto;
    }
  }
`;
