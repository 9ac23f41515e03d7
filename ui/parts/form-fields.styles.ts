import { css } from 'lit';

export const formFieldStyles = css`
  :host,
  .fields {
    display: grid;
    gap: var(--space-4);
  }
  .field {
    display: grid;
    gap: var(--space-1);
    min-width: 0;
  }
  .group {
    display: grid;
    gap: var(--space-3);
    min-width: 0;
    margin: 0;
    padding: 0 0 0 var(--space-4);
    border: 0;
    border-left: 2px solid var(--line);
  }
  .group legend {
    margin-left: calc(-1 * var(--space-4));
    padding: 0 0 var(--space-1);
  }
  .entry {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: start;
    gap: var(--space-2);
  }
  .add {
    justify-self: start;
    min-height: 1.75rem;
    font-size: var(--text-xs);
  }
  .label {
    font-size: var(--text-s);
    font-weight: 550;
    overflow-wrap: anywhere;
  }
  .label span,
  small {
    color: var(--muted);
    font-weight: 400;
    font-size: var(--text-xs);
  }
  textarea {
    display: block;
    field-sizing: content;
    min-height: 2.375rem;
    max-height: 40vh;
    resize: none;
  }
  [aria-invalid='true'] {
    border-color: var(--danger);
  }
  .fault {
    margin: 0;
    color: var(--danger);
    font-size: var(--text-s);
    overflow-wrap: anywhere;
  }
  .check {
    display: flex;
    align-items: center;
    gap: var(--space-3);
  }
  .check input {
    width: 1rem;
    height: 1rem;
    margin: 0;
    accent-color: var(--accent);
  }
`;
