import { css } from 'lit';

/** Of the pages of runs of flows and of scripts. */
export const runPageStyles = css`
  :host {
    position: relative;
    display: block;
    min-height: 0;
    overflow: auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    container-type: inline-size;
  }
  .page {
    width: min(66rem, 100%);
    padding: var(--space-5) var(--space-5) var(--space-7);
  }
  section {
    margin-bottom: var(--space-5);
  }
  h2 {
    display: flex;
    align-items: center;
    gap: var(--space-3);
    margin: 0 0 var(--space-2);
    font-size: var(--text-m);
    font-weight: 620;
  }
  h2 .link,
  h2 ev-copy,
  h2 button {
    margin-left: auto;
    font-weight: 400;
  }
  .ending {
    display: flex;
    gap: var(--space-3);
    padding: var(--space-3) var(--space-4);
    border: 1px solid var(--danger-line);
    border-radius: var(--radius-m);
    background: var(--danger-soft);
    font-size: var(--text-s);
  }
  .ending > svg {
    margin-top: 0.15rem;
    color: var(--danger);
  }
  .ending.asked {
    border-color: var(--warn-line);
    background: var(--warn-soft);
  }
  .ending.asked div {
    white-space: normal;
  }
  .ending.asked > svg {
    color: var(--warn);
  }
  .ending.cancelled {
    border-color: var(--line);
    background: var(--sunken);
  }
  .ending.cancelled > svg {
    color: var(--muted);
  }
  .ending div {
    min-width: 0;
    max-height: 16rem;
    overflow: auto;
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .report {
    padding: var(--space-5);
    border: 1px solid var(--line);
    border-radius: var(--radius-m);
    background: var(--surface);
  }
  .files {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2);
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .files span {
    color: var(--muted);
    font-weight: 400;
  }
  p {
    margin: 0;
    color: var(--muted);
    font-size: var(--text-s);
  }
  .failed {
    color: var(--danger);
  }
  .page.wide,
  .page.whole {
    width: 100%;
  }
  @media (max-width: 56rem) {
    .page {
      padding-inline: var(--space-3);
    }
    .report {
      padding: var(--space-4);
    }
  }
`;
