import { css } from 'lit';

export const compareStyles = css`
  .page {
    width: 100%;
  }
  .pair {
    display: grid;
    grid-template-columns: 7rem minmax(0, 1fr) minmax(0, 1fr) minmax(6rem, 0.5fr);
    margin-bottom: var(--space-5);
    font-size: var(--text-s);
  }
  .pair > * {
    min-width: 0;
    padding: 0.3rem var(--space-3);
    border-top: 1px solid var(--line);
    overflow-wrap: anywhere;
  }
  .pair > :nth-child(4n + 1) {
    padding-left: 0;
    color: var(--muted);
  }
  .pair .head {
    border-top: 0;
    font-weight: 600;
  }
  .pair .head small {
    display: block;
    color: var(--muted);
    font-weight: 400;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-2) var(--space-4);
    margin-bottom: var(--space-3);
    font-size: var(--text-s);
  }
  .bar h2 {
    margin: 0 auto 0 0;
  }
  .bar label {
    display: inline-flex;
    align-items: center;
    gap: var(--space-2);
  }
  table {
    width: 100%;
    border-collapse: collapse;
    table-layout: fixed;
    font-size: var(--text-s);
  }
  th {
    padding: 0.25rem var(--space-3);
    color: var(--muted);
    font-size: var(--text-xs);
    font-weight: 500;
    text-align: left;
  }
  th.number,
  td.number {
    text-align: right;
    white-space: nowrap;
  }
  td {
    min-height: 1.75rem;
    padding: 0.3rem var(--space-3);
    border-top: 1px solid var(--line);
    overflow-wrap: anywhere;
    vertical-align: middle;
  }
  th:first-child,
  td:first-child {
    padding-left: 0;
  }
  td:first-child {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .step {
    min-height: 0;
    max-width: 100%;
    padding: 0;
    border: 0;
    background: none;
    font-weight: 500;
  }
  .step span {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .step .chevron {
    display: inline-flex;
    color: var(--muted);
    transition: transform 100ms;
  }
  .step[aria-expanded='true'] .chevron {
    transform: rotate(90deg);
  }
  .phase {
    color: var(--muted);
    font-size: var(--text-xs);
  }
  .more {
    color: var(--state-failed);
  }
  .less {
    color: var(--state-completed);
  }
  .same {
    color: var(--muted);
  }
  tr.changed td {
    background: color-mix(in srgb, var(--state-waiting) 7%, transparent);
  }
  .reused {
    display: inline-flex;
    align-items: center;
    gap: var(--space-1);
    color: var(--state-reused);
  }
  .results {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--space-2);
    padding: var(--space-2) 0 var(--space-3);
  }
  .runs {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .runs li {
    border-top: 1px solid var(--line);
  }
  .runs li:last-child {
    border-bottom: 1px solid var(--line);
  }
  .runs a {
    display: grid;
    grid-template-columns: 8rem minmax(0, 1fr) auto auto;
    gap: var(--space-3);
    align-items: baseline;
    min-height: 1.75rem;
    padding: 0.25rem var(--space-2);
    color: inherit;
    text-decoration: none;
    font-size: var(--text-s);
  }
  .runs a:hover {
    background: var(--hover);
  }
  .runs .note {
    overflow: hidden;
    color: var(--muted);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  section {
    margin-bottom: var(--space-5);
  }
  @container (max-width: 44rem) {
    .pair {
      grid-template-columns: 5rem minmax(0, 1fr) minmax(0, 1fr);
    }
    .pair > :nth-child(4n) {
      display: none;
    }
    .wide,
    .share {
      display: none;
    }
    th,
    td {
      padding-inline: var(--space-1);
    }
  }
`;
