import { css } from 'lit';

/** A page of the operator: its head, sections and tables. Rows are 28 px high, compact ones 24. */
export const pageStyles = css`
  :host {
    --row: 1.75rem;
    position: relative;
    display: block;
    grid-row: 1 / -1;
    min-width: 0;
    min-height: 0;
    overflow: auto;
    overscroll-behavior: contain;
    container-type: inline-size;
  }
  :host([compact]) {
    --row: 1.5rem;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-2) var(--space-3);
    min-height: 3.5rem;
    padding: var(--space-2) var(--space-5);
    border-bottom: 1px solid var(--line);
    background: var(--bg);
  }
  h1 {
    margin: 0;
    font-size: var(--text-l);
    font-weight: 620;
  }
  header .menu {
    display: none;
  }
  header .end {
    display: flex;
    align-items: center;
    gap: var(--space-2);
    margin-left: auto;
  }
  header select,
  header input[type='search'],
  header input[type='text'] {
    width: auto;
    height: 2rem;
    padding: 0 var(--space-2);
    border-color: var(--line);
    font-size: var(--text-s);
  }
  .body {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--space-6);
    padding: var(--space-5);
  }
  section > h2,
  h2.section {
    display: flex;
    align-items: baseline;
    gap: var(--space-3);
    margin: 0 0 var(--space-2);
    font-size: var(--text-s);
    font-weight: 620;
  }
  h2 small,
  .lead {
    color: var(--muted);
    font-size: var(--text-xs);
    font-weight: 400;
  }
  .lead {
    max-width: 46rem;
    margin: 0 0 var(--space-3);
    font-size: var(--text-s);
  }
  .scroll {
    overflow-x: auto;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: var(--text-s);
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    height: var(--row);
    padding: 0 var(--space-3) 0 0;
    border-bottom: 1px solid var(--line);
    text-align: left;
    font-weight: 400;
    vertical-align: middle;
  }
  thead th {
    color: var(--muted);
    font-size: var(--text-xs);
    white-space: nowrap;
  }
  tbody tr:hover {
    background: var(--hover);
  }
  td.one {
    max-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  td.wrap {
    padding-block: 0.25rem;
    overflow-wrap: anywhere;
  }
  td.number,
  th.number {
    text-align: right;
    white-space: nowrap;
  }
  td.act {
    width: 1%;
    padding-right: 0;
    text-align: right;
    white-space: nowrap;
  }
  td.short {
    white-space: nowrap;
  }
  .muted,
  td.muted {
    color: var(--muted);
  }
  td button,
  .small {
    min-height: 1.5rem;
    padding: 0 var(--space-2);
    font-size: var(--text-xs);
  }
  .bad {
    color: var(--danger);
  }
  .warn {
    color: var(--warn);
  }
  .empty {
    margin: 0;
    padding: var(--space-3) 0;
    color: var(--muted);
    font-size: var(--text-s);
  }
  div.failed {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-2) var(--space-3);
    margin: 0 0 var(--space-3);
    padding: var(--space-2) var(--space-3);
    border: 1px solid var(--danger-line);
    border-radius: var(--radius-s);
    background: var(--danger-soft);
    color: var(--danger);
    font-size: var(--text-s);
    overflow-wrap: anywhere;
  }
  .skeleton {
    display: grid;
    gap: 1px;
  }
  .skeleton i {
    height: var(--row);
    border-bottom: 1px solid var(--line);
    background: linear-gradient(var(--hover), var(--hover)) 0 50% / 60% 0.5rem no-repeat;
    animation: pulse 1.6s ease-in-out infinite;
  }
  .skeleton i:nth-child(even) {
    background-size: 45% 0.5rem;
  }
  .skeleton i:nth-child(3n) {
    background-size: 72% 0.5rem;
  }
  .facts {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr));
    gap: var(--space-4) var(--space-5);
    margin: 0;
  }
  .facts > div {
    display: grid;
    align-content: start;
    gap: 0.125rem;
    min-width: 0;
  }
  .facts dt {
    color: var(--muted);
    font-size: var(--text-xs);
  }
  .facts dd {
    margin: 0;
    overflow-wrap: anywhere;
    font-size: var(--text-l);
    font-weight: 550;
    font-variant-numeric: tabular-nums;
  }
  .facts dd small {
    display: block;
    color: var(--muted);
    font-size: var(--text-xs);
    font-weight: 400;
  }
  .tag {
    padding: 0 0.4rem;
    border: 1px solid var(--line);
    border-radius: 1rem;
    color: var(--muted);
    font-size: var(--text-xs);
    white-space: nowrap;
  }
  .dot {
    display: inline-block;
    width: 0.5rem;
    height: 0.5rem;
    margin-right: var(--space-2);
    border-radius: 50%;
    background: var(--state-completed);
  }
  .dot.bad {
    border-radius: 1px;
    background: var(--state-failed);
    transform: rotate(45deg);
  }
  .dot.warn {
    background: none;
    box-shadow: inset 0 0 0 2px var(--state-waiting);
  }
  @keyframes pulse {
    50% {
      opacity: 0.35;
    }
  }
  @media (max-width: 56rem) {
    header .menu {
      display: inline-flex;
    }
    header {
      padding-inline: var(--space-3);
    }
    .body {
      padding: var(--space-4) var(--space-3);
    }
  }
`;
