import { css } from 'lit';

/** Formatted text of a model. */
export const prose = css`
  :host {
    display: block;
  }
  .prose {
    overflow-wrap: break-word;
    line-height: 1.62;
  }
  .prose > :first-child {
    margin-top: 0;
  }
  .prose > :last-child {
    margin-bottom: 0;
  }
  p,
  ul,
  ol,
  blockquote,
  .code,
  .table {
    margin: 0 0 var(--space-3);
  }
  h1,
  h2,
  h3,
  h4,
  h5,
  h6 {
    margin: var(--space-5) 0 var(--space-2);
    line-height: 1.3;
    font-weight: 620;
    font-size: var(--text-m);
  }
  h1 {
    font-size: 1.25rem;
  }
  h2 {
    font-size: 1.125rem;
  }
  h3 {
    font-size: 1rem;
  }
  ul,
  ol {
    padding-left: 1.4rem;
  }
  li + li,
  li > ul,
  li > ol {
    margin-top: var(--space-1);
  }
  li > p {
    margin-bottom: var(--space-1);
  }
  li::marker {
    color: var(--muted);
  }
  blockquote {
    padding-left: var(--space-4);
    border-left: 3px solid var(--line);
    color: var(--muted);
  }
  hr {
    margin: var(--space-5) 0;
    border: 0;
    border-top: 1px solid var(--line);
  }
  code {
    padding: 0.12em 0.35em;
    border-radius: 4px;
    background: var(--hover);
    overflow-wrap: anywhere;
  }
  .code {
    border: 1px solid var(--line);
    border-radius: var(--radius-s);
    background: var(--sunken);
    overflow: hidden;
  }
  .code .bar {
    display: flex;
    justify-content: space-between;
    align-items: center;
    padding: 0 var(--space-1) 0 var(--space-3);
    color: var(--muted);
    font-size: var(--text-xs);
  }
  .code .bar button {
    min-height: 1.625rem;
    padding: 0 var(--space-2);
    font-size: var(--text-xs);
  }
  pre {
    margin: 0;
    padding: var(--space-1) var(--space-3) var(--space-3);
    overflow-x: auto;
    font-size: var(--text-s);
    line-height: 1.55;
    tab-size: 4;
  }
  pre code {
    padding: 0;
    background: none;
    font-size: inherit;
    overflow-wrap: normal;
  }
  .table {
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    font-size: var(--text-s);
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding: var(--space-2) var(--space-3);
    border-bottom: 1px solid var(--line);
    text-align: left;
    vertical-align: top;
  }
  td code {
    white-space: nowrap;
  }
  th {
    color: var(--muted);
    font-weight: 600;
    white-space: nowrap;
  }
`;
