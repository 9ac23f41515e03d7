import { css } from 'lit';

export const overviewStyles = css`
  .overview {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0 var(--space-6);
    width: 100%;
  }
  .asked {
    margin-bottom: var(--space-5);
  }
  .warnings p {
    display: flex;
    gap: var(--space-2);
    color: var(--warn);
    overflow-wrap: anywhere;
  }
  .warnings svg {
    margin-top: 0.2rem;
  }
  .done {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-2);
    margin-bottom: var(--space-5);
  }
  .done svg {
    color: var(--state-completed);
  }
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .rows li {
    display: grid;
    grid-template-columns: 8.5rem minmax(0, 1fr) auto;
    gap: var(--space-3);
    align-items: baseline;
    min-height: 1.75rem;
    padding: 0.25rem 0;
    border-top: 1px solid var(--line);
    font-size: var(--text-s);
  }
  .rows .mark {
    align-items: baseline;
  }
  .rows .mark svg {
    align-self: center;
  }
  .rows li:last-child,
  .phases li:last-child {
    border-bottom: 1px solid var(--line);
  }
  .what {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .tag {
    color: var(--muted);
    font-size: var(--text-xs);
  }
  .why {
    display: block;
    color: var(--muted);
    white-space: pre-wrap;
  }
  .side {
    display: flex;
    gap: var(--space-3);
    color: var(--muted);
    font-size: var(--text-xs);
    white-space: nowrap;
  }
  .phases li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: var(--space-1) var(--space-3);
    align-items: baseline;
    padding: var(--space-2) 0;
    border-top: 1px solid var(--line);
  }
  .phases .progress,
  .phases p {
    grid-column: 1 / -1;
  }
  .title {
    font-weight: 560;
    overflow-wrap: anywhere;
  }
  @container (min-width: 64rem) {
    .overview {
      grid-template-columns: minmax(0, 1fr) clamp(21rem, 32%, 40rem);
    }
  }
  @container (max-width: 36rem) {
    .rows li {
      grid-template-columns: minmax(0, 1fr) auto;
    }
    .rows .what {
      grid-column: 1 / -1;
      grid-row: 2;
    }
  }
`;
