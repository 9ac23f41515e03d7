import { css } from 'lit';

/** A list of facts: names on the left, as wide as `--names`, values on the right. */
export const factsStyles = css`
  dl {
    display: grid;
    grid-template-columns: var(--names, 6.5rem) minmax(0, 1fr);
    gap: var(--space-1) var(--space-3);
    margin: 0;
    font-size: var(--text-s);
    font-variant-numeric: tabular-nums;
  }
  dt {
    color: var(--muted);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
`;
