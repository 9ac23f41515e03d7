import { css } from 'lit';

export const dialogFormStyles = css`
  form {
    display: grid;
    gap: var(--space-4);
  }
  p {
    margin: 0;
    color: var(--muted);
    font-size: var(--text-s);
  }
  label > span,
  legend {
    display: block;
    margin-bottom: var(--space-1);
    padding: 0;
    font-size: var(--text-s);
    font-weight: 550;
  }
  small {
    display: block;
    margin-top: var(--space-1);
    color: var(--muted);
    font-size: var(--text-xs);
    font-weight: 400;
  }
  fieldset {
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  textarea {
    display: block;
    field-sizing: content;
    min-height: 4rem;
    max-height: 40vh;
    font-size: var(--text-s);
    resize: none;
  }
  .check {
    display: flex;
    align-items: center;
    gap: var(--space-3);
    font-size: var(--text-s);
  }
  .check input {
    width: 1rem;
    height: 1rem;
    margin: 0;
    accent-color: var(--accent);
  }
  .error {
    padding: var(--space-2) var(--space-3);
    border: 1px solid var(--danger-line);
    border-radius: var(--radius-s);
    background: var(--danger-soft);
    color: var(--danger);
    font-size: var(--text-s);
    overflow-wrap: anywhere;
  }
  .actions {
    display: flex;
    justify-content: flex-end;
  }
  .actions button {
    min-height: 2.25rem;
    padding-inline: var(--space-4);
  }
`;
