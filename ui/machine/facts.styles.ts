import { css } from 'lit';

export const workflowFactsStyles = css`
  :host {
    --names: 5.5rem;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--space-4);
  }
  h2 {
    margin: 0 0 var(--space-2);
    font-size: var(--text-m);
    font-weight: 620;
  }
  p {
    margin: 0;
    color: var(--muted);
    font-size: var(--text-s);
    overflow-wrap: anywhere;
  }
  .failed {
    color: var(--danger);
  }
  .warn {
    color: var(--warn);
    font-weight: 600;
  }
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
    font-size: var(--text-s);
  }
  .plain li {
    padding: 0.15rem 0;
    overflow-wrap: anywhere;
  }
  .activity {
    display: grid;
    gap: 0.1rem;
    padding: var(--space-2) 0;
    border-top: 1px solid var(--line);
  }
  .activity p {
    font-size: var(--text-xs);
  }
  .line {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 var(--space-3);
  }
  .line button {
    min-height: 1.5rem;
    margin-left: auto;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2);
  }
  .ask {
    display: grid;
    gap: var(--space-3);
    padding: var(--space-3);
    border: 1px solid var(--line);
    border-radius: var(--radius-m);
  }
  label {
    display: grid;
    gap: var(--space-1);
    color: var(--muted);
    font-size: var(--text-s);
  }
  input {
    color: var(--fg);
  }
`;
