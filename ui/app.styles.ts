import { css } from 'lit';

export const appStyles = css`
  :host {
    position: relative;
    display: block;
    height: 100dvh;
    overflow: clip;
  }
  .frame {
    display: grid;
    grid-template-columns: 17.5rem minmax(0, 1fr);
    height: 100%;
  }
  ev-rail {
    border-right: 1px solid var(--line);
  }
  main:focus-visible {
    outline-offset: -2px;
  }
  main {
    position: relative;
    display: grid;
    grid-template: auto auto minmax(0, 1fr) auto / minmax(0, 1fr);
    min-width: 0;
    min-height: 0;
  }
  ev-start {
    grid-row: 1 / -1;
    min-height: 0;
  }
  .fill {
    grid-row: 3 / -1;
  }
  .whole {
    grid-row: 1 / -1;
    min-height: 0;
  }
  .cover {
    display: none;
  }
  .center {
    grid-row: 1 / -1;
    display: grid;
    place-content: center;
    justify-items: center;
    gap: var(--space-3);
    padding: var(--space-5);
    color: var(--muted);
    text-align: center;
  }
  .center h1,
  .center p {
    max-width: 30rem;
    margin: 0;
    overflow-wrap: anywhere;
  }
  .center h1 {
    color: var(--fg);
    font-size: var(--text-l);
  }
  @media (max-width: 56rem) {
    .frame {
      grid-template-columns: minmax(0, 1fr);
    }
    ev-rail {
      position: fixed;
      inset: 0 auto 0 0;
      z-index: 5;
      width: min(19rem, 86vw);
      visibility: hidden;
      transform: translateX(-100%);
      transition:
        transform 160ms ease-out,
        visibility 160ms;
      box-shadow: var(--shadow-l);
    }
    .rail-open ev-rail {
      visibility: visible;
      transform: none;
    }
    .rail-open .cover {
      position: fixed;
      inset: 0;
      z-index: 4;
      display: block;
      min-height: 0;
      border: 0;
      border-radius: 0;
      background: rgb(0 0 0 / 40%);
    }
    .rail-open .cover:hover:not(:disabled) {
      background: rgb(0 0 0 / 40%);
    }
  }
`;
