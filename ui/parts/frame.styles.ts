import { css } from 'lit';

/** What surrounds a text: a border, and a bar with its name and buttons. Code, long texts and differences use it. */
export const frameStyles = css`
  :host {
    display: block;
  }
  .frame {
    border: 1px solid var(--line);
    border-radius: var(--radius-s);
    background: var(--sunken);
    overflow: hidden;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 var(--space-3);
    min-height: 1.75rem;
    padding: 0 var(--space-1) 0 var(--space-3);
    color: var(--muted);
    font-size: var(--text-xs);
  }
  .bar .link {
    font-size: inherit;
  }
  .bar .end {
    display: flex;
    align-items: center;
    gap: var(--space-3);
    margin-left: auto;
  }
  pre {
    margin: 0;
    padding: 0 var(--space-3) var(--space-3);
    font-size: var(--text-s);
    tab-size: 4;
  }
  .window {
    position: relative;
    overflow: auto;
    contain: strict;
  }
  .window pre {
    position: absolute;
    left: 0;
    padding-block: 0;
    white-space: pre;
    overflow-wrap: normal;
    overflow: visible;
  }
`;
