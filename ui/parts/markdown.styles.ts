import { css } from 'lit';

/** Formatted text of a model. */
export const prose = css`
  :host {
    display: block;
  }
  /* A formula may be drawn above its line: it must not cover what is around the reply. */
  .prose {
    overflow: clip;
    overflow-clip-margin: 4px;
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
  ev-code,
  ev-long-text,
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
  /* Each paragraph runs in the direction of its first letter. */
  p,
  li,
  h1,
  h2,
  h3,
  h4,
  h5,
  h6,
  th,
  td {
    unicode-bidi: plaintext;
  }
  ul,
  ol {
    padding-inline-start: 1.4rem;
  }
  li + li,
  li > ul,
  li > ol {
    margin-top: var(--space-1);
  }
  li > p {
    margin-bottom: var(--space-1);
  }
  li.task {
    margin-inline-start: -1.2rem;
    list-style: none;
  }
  li::marker {
    color: var(--muted);
  }
  blockquote {
    padding-inline-start: var(--space-4);
    border-inline-start: 3px solid var(--line);
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
  .raw {
    white-space: pre-wrap;
  }
  /* Long texts are laid out as they come into sight. */
  .long > * {
    content-visibility: auto;
    contain-intrinsic-size: auto none auto 3rem;
  }
  li > ev-code {
    margin-block: var(--space-2);
  }
  .unloaded {
    color: var(--muted);
    font-size: var(--text-xs);
    font-style: normal;
  }
  .formula:has(> .katex-display) {
    display: block;
    overflow-x: auto;
    overflow-y: hidden;
  }
  .katex-display {
    margin: 0 !important;
    padding-block: var(--space-1);
  }
  sup {
    line-height: 0;
  }
  sup button {
    padding-inline: 0.2em;
    line-height: 1.2;
    font-size: 0.6875rem;
    text-decoration: none;
  }
  .notes {
    margin-top: var(--space-5);
    padding-top: var(--space-3);
    border-top: 1px solid var(--line);
    color: var(--muted);
    font-size: var(--text-s);
  }
  .table {
    overflow-x: auto;
  }
  .table > button {
    position: sticky;
    left: 0;
    margin-top: var(--space-2);
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
  [align='right'] {
    text-align: right;
  }
  [align='center'] {
    text-align: center;
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
