import { css } from 'lit';

export const listPageStyles = css`
  :host {
    display: grid;
    grid-template: auto auto minmax(0, 1fr) / minmax(0, 1fr);
    overflow: hidden;
  }
  .search {
    position: relative;
    flex: 1 1 14rem;
    max-width: 28rem;
  }
  .search svg {
    position: absolute;
    top: 0.5rem;
    left: 0.5rem;
    color: var(--muted);
  }
  header .search input {
    width: 100%;
    padding-left: 1.875rem;
  }
  .filters {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2);
  }
  .filters select {
    max-width: 11rem;
  }
  .filters select.on {
    border-color: var(--accent);
    color: var(--accent);
  }
  .views {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-1);
    min-height: 2.5rem;
    padding: var(--space-1) var(--space-5) var(--space-1) calc(var(--space-5) - var(--space-2));
    border-bottom: 1px solid var(--line);
  }
  .views a {
    display: inline-flex;
    align-items: center;
    gap: var(--space-2);
    height: 1.625rem;
    padding: 0 var(--space-2);
    border-radius: var(--radius-s);
    color: var(--muted);
    font-size: var(--text-s);
    text-decoration: none;
  }
  .views a:hover {
    background: var(--hover);
    color: var(--fg);
  }
  .views a[aria-current] {
    background: var(--active);
    color: var(--fg);
    font-weight: 550;
  }
  .views button {
    min-height: 1.5rem;
    padding: 0 var(--space-2);
    font-size: var(--text-xs);
  }
  .views .own {
    display: inline-flex;
    align-items: center;
  }
  .views .own button {
    width: 1.5rem;
    padding: 0;
  }
  .views form {
    display: flex;
    gap: var(--space-1);
    margin-left: var(--space-2);
  }
  .views input {
    width: 11rem;
    height: 1.625rem;
    padding: 0 var(--space-2);
    font-size: var(--text-s);
  }
  .fault {
    margin: 0;
    padding: var(--space-1) var(--space-5);
    background: var(--warn-soft);
    color: var(--warn);
    font-size: var(--text-s);
  }
  .rows {
    position: relative;
    min-height: 0;
    overflow: auto;
    overscroll-behavior: contain;
    font-size: var(--text-s);
  }
  .head,
  .row {
    display: grid;
    grid-template-columns: var(--columns);
    align-items: center;
    column-gap: var(--space-4);
    min-width: 0;
    padding: 0 var(--space-5);
  }
  .sessions {
    --columns: 6rem minmax(14rem, 1fr) minmax(0, 9rem) minmax(0, 7rem) minmax(0, 10rem) 2.5rem 3.5rem 4.5rem 5.5rem 5.5rem;
  }
  .runs {
    --columns: 6rem minmax(14rem, 1fr) minmax(0, 9rem) minmax(0, 8.5rem) minmax(0, 10rem) 3.5rem 4.5rem 5.5rem 5.5rem;
  }
  .head {
    position: sticky;
    top: 0;
    z-index: 1;
    height: 1.75rem;
    border-bottom: 1px solid var(--line);
    background: var(--bg);
    color: var(--muted);
    font-size: var(--text-xs);
  }
  .row {
    position: relative;
    height: var(--row);
    border-bottom: 1px solid var(--line);
    content-visibility: auto;
    contain-intrinsic-height: auto var(--row);
  }
  .row:hover {
    background: var(--hover);
  }
  .row.selected {
    background: var(--active);
    box-shadow: inset 2px 0 var(--accent);
  }
  .cell {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    color: var(--muted);
  }
  .cell.number {
    text-align: right;
    font-variant-numeric: tabular-nums;
  }
  .cell.state {
    font-size: var(--text-xs);
  }
  .row .waits {
    color: var(--warn);
  }
  .cell.name b {
    color: var(--fg);
    font-weight: 500;
  }
  .cell.name b + span {
    margin-left: var(--space-2);
  }
  .row a {
    color: inherit;
    text-decoration: none;
  }
  /* The whole row is the link. */
  .row a::after {
    position: absolute;
    inset: 0;
    content: '';
  }
  .row a:focus-visible {
    outline: none;
  }
  .row:has(a:focus-visible) {
    outline: 2px solid var(--accent);
    outline-offset: -2px;
  }
  .found {
    padding: 0 var(--space-5) var(--space-5);
  }
  .found h2 {
    margin: var(--space-5) 0 var(--space-2);
    font-size: var(--text-s);
    font-weight: 620;
  }
  .found a {
    display: grid;
    grid-template-columns: minmax(0, 14rem) minmax(0, 1fr) 5.5rem;
    gap: var(--space-4);
    align-items: baseline;
    padding: 0.25rem 0;
    border-bottom: 1px solid var(--line);
    color: inherit;
    text-decoration: none;
  }
  .found a:hover {
    background: var(--hover);
  }
  .found .title {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-weight: 500;
  }
  .found .snippet {
    color: var(--muted);
    overflow-wrap: anywhere;
  }
  .found ev-time {
    color: var(--muted);
    text-align: right;
  }
  mark {
    background: var(--warn-soft);
    color: var(--fg);
    font-weight: 600;
  }
  .message {
    padding: var(--space-5);
    color: var(--muted);
  }
  .message p {
    margin: 0 0 var(--space-3);
  }
  .skeleton {
    padding: 0 var(--space-5);
  }
  .foot {
    padding: var(--space-3) var(--space-5);
    color: var(--muted);
    font-size: var(--text-xs);
  }
  @container (max-width: 76rem) {
    .place,
    .turns,
    .tokens {
      display: none;
    }
    .sessions,
    .runs {
      --columns: 6rem minmax(12rem, 1fr) minmax(0, 9rem) minmax(0, 9rem) 4.5rem 5.5rem 5.5rem;
    }
  }
  @container (max-width: 54rem) {
    .model,
    .took {
      display: none;
    }
    .sessions,
    .runs {
      --columns: 6rem minmax(8rem, 1fr) minmax(0, 8rem) 4.5rem 5.5rem;
    }
  }
  @container (max-width: 36rem) {
    .waits,
    .cost,
    .head {
      display: none;
    }
    .sessions,
    .runs {
      --columns: 1.25rem minmax(0, 1fr) 4rem;
    }
    .head,
    .row {
      column-gap: var(--space-2);
      padding: 0 var(--space-3);
    }
    .row {
      height: 2.5rem;
    }
    .cell.state .mark span {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    .filters {
      width: 100%;
    }
    .filters select {
      flex: 1 1 6rem;
    }
    .views,
    .found,
    .foot {
      padding-inline: var(--space-3);
    }
    .found a {
      grid-template-columns: minmax(0, 1fr);
      gap: 0;
    }
    .found ev-time {
      text-align: left;
    }
  }
`;
