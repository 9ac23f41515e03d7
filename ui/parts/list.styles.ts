import { css } from 'lit';

export const sessionListStyles = css`
  :host {
    display: block;
    min-height: 0;
  }
  nav {
    position: relative;
    height: 100%;
    overflow-y: auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
  }
  ul {
    margin: 0;
    padding: 0 var(--space-2) var(--space-3);
    list-style: none;
  }
  a {
    display: grid;
    grid-template-columns: 0.5rem minmax(0, 1fr);
    align-items: baseline;
    column-gap: var(--space-3);
    min-height: 1.75rem;
    padding: 0.1875rem var(--space-3);
    border-radius: var(--radius-s);
    color: inherit;
    text-decoration: none;
    font-size: var(--text-s);
  }
  a.wide {
    grid-template-columns: minmax(0, 1fr);
  }
  a.wide .facts {
    grid-column: 1;
  }
  a:hover {
    background: var(--hover);
  }
  a[aria-current] {
    background: var(--active);
  }
  a:focus-visible {
    outline-offset: -2px;
  }
  .title,
  .facts span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .title {
    font-weight: 500;
  }
  .facts {
    grid-column: 2;
    display: var(--row-facts, flex);
    justify-content: space-between;
    gap: var(--space-3);
    color: var(--muted);
    font-size: var(--text-xs);
    font-variant-numeric: tabular-nums;
  }
  .facts .kind {
    display: inline-flex;
    align-items: center;
    gap: var(--space-1);
    margin-left: auto;
  }
  .facts .used {
    flex: none;
    margin-left: auto;
  }
  h2 {
    margin: var(--space-3) var(--space-5) var(--space-2);
    color: var(--muted);
    font-size: var(--text-xs);
    font-weight: 600;
  }
  .snippet {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
    color: var(--muted);
    font-size: var(--text-xs);
    overflow-wrap: anywhere;
  }
  .mark {
    color: var(--muted);
    font-weight: 400;
  }
  mark {
    background: none;
    color: var(--fg);
    font-weight: 620;
  }
  ev-time {
    flex: none;
  }
  .dot {
    align-self: center;
    width: 0.5rem;
    height: 0.5rem;
    border-radius: 50%;
    box-shadow: inset 0 0 0 1.5px var(--line-strong);
  }
  .dot.running {
    background: var(--state-running);
    box-shadow: none;
    animation: pulse 1.6s ease-in-out infinite;
  }
  .dot.failed {
    background: var(--state-failed);
    box-shadow: none;
    border-radius: 1px;
    transform: rotate(45deg);
  }
  .dot.waiting {
    background: var(--state-waiting);
    box-shadow: 0 0 0 3px var(--warn-soft);
  }
  @keyframes pulse {
    50% {
      opacity: 0.3;
    }
  }
  .message {
    margin: 0;
    padding: var(--space-3) var(--space-5);
    color: var(--muted);
    font-size: var(--text-s);
    overflow-wrap: anywhere;
  }
  .message p {
    margin: 0 0 var(--space-3);
  }
  .skeleton {
    display: grid;
    gap: var(--space-3);
    padding: var(--space-3) var(--space-5);
  }
  .skeleton i {
    height: 2.25rem;
    border-radius: var(--radius-s);
    background: var(--hover);
    animation: pulse 1.6s ease-in-out infinite;
  }
`;
