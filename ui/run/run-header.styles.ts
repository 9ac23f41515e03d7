import { css } from 'lit';

export const runHeaderStyles = css`
  :host {
    display: flex;
    align-items: center;
    gap: var(--space-2);
    min-width: 0;
    min-height: 3.5rem;
    padding: var(--space-2) var(--space-5);
  }
  .names {
    flex: 1 1 auto;
    min-width: 0;
  }
  h1 {
    margin: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: var(--text-m);
    font-weight: 620;
    line-height: 1.4;
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 var(--space-3);
    color: var(--muted);
    font-size: var(--text-xs);
  }
  .facts > span {
    overflow-wrap: anywhere;
  }
  .facts > [role='status'] {
    display: flex;
  }
  .facts .link {
    font-size: inherit;
    display: block;
    max-width: 18rem;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .actions {
    display: flex;
    flex: none;
    align-items: center;
    gap: var(--space-2);
  }
  .tool {
    display: grid;
    place-items: center;
    width: 2rem;
    height: 2rem;
    color: var(--muted);
  }
  ev-connection {
    flex: none;
    padding-inline: var(--space-1);
  }
  .menu {
    display: none;
  }
  @media (max-width: 56rem) {
    .menu {
      display: inline-flex;
    }
  }
  @media (max-width: 40rem) {
    :host {
      flex-wrap: wrap;
      padding-inline: var(--space-2);
    }
    .names {
      flex-basis: calc(100% - 3rem);
    }
    .actions {
      flex: 1;
      padding-left: var(--space-2);
    }
  }
`;
