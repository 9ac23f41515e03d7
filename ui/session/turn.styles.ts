import { css } from 'lit';

export const turnStyles = css`
  :host {
    display: block;
    padding-block: var(--space-5);
    scroll-margin-top: var(--space-4);
  }
  .reply {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--space-3);
  }
  ev-user-text {
    margin-bottom: var(--space-5);
  }
  ev-tool-card + ev-tool-card {
    margin-top: calc(-1 * var(--space-1));
  }
  .waiting {
    display: flex;
    align-items: center;
    gap: var(--space-3);
    margin: 0;
    color: var(--muted);
    font-size: var(--text-s);
  }
  .dots {
    display: inline-flex;
    gap: 0.25rem;
  }
  .dots i {
    width: 0.375rem;
    height: 0.375rem;
    border-radius: 50%;
    background: var(--state-running);
    animation: rise 1.2s ease-in-out infinite;
  }
  .dots i:nth-child(2) {
    animation-delay: 0.15s;
  }
  .dots i:nth-child(3) {
    animation-delay: 0.3s;
  }
  @keyframes rise {
    0%,
    60%,
    100% {
      opacity: 0.25;
    }
    30% {
      opacity: 1;
    }
  }
  .note {
    margin: 0 0 var(--space-3);
    color: var(--muted);
    font-size: var(--text-s);
    overflow-wrap: anywhere;
  }
  .ended {
    display: flex;
    align-items: center;
    gap: var(--space-2);
    margin: var(--space-4) 0 0;
    color: var(--muted);
    font-size: var(--text-s);
  }
  .problem {
    margin-top: var(--space-4);
    padding: var(--space-3) var(--space-4) var(--space-4);
    border: 1px solid var(--danger-line);
    border-radius: var(--radius-m);
    background: var(--danger-soft);
    font-size: var(--text-s);
  }
  .problem strong {
    display: flex;
    align-items: center;
    gap: var(--space-2);
    color: var(--danger);
  }
  .problem p {
    margin: var(--space-2) 0 0;
    overflow-wrap: anywhere;
  }
  .problem button {
    margin-top: var(--space-3);
  }
  footer {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 var(--space-3);
    min-height: 1.75rem;
    margin-top: var(--space-3);
    color: var(--muted);
    font-size: var(--text-xs);
  }
  footer .link {
    color: inherit;
    font-size: inherit;
    text-align: left;
    text-decoration: none;
    white-space: normal;
  }
  footer .link:hover {
    background: none;
    text-decoration: underline;
  }
  .tools {
    display: inline-flex;
    align-items: center;
    margin-left: auto;
  }
  .tool {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    width: 1.625rem;
    height: 1.625rem;
    min-height: 0;
    padding: 0;
    border-radius: var(--radius-s);
    color: var(--muted);
  }
  .tool:hover {
    background: var(--hover);
    color: var(--fg);
  }
  ev-waterfall {
    margin-top: var(--space-2);
  }
`;
