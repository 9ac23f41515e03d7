import { css } from 'lit';

export const diffRowHeight = 20;

export const diffStyles = css`
  .bar {
    padding-right: var(--space-3);
    border-bottom: 1px solid var(--line);
  }
  .bar .plus {
    color: var(--ok);
    font-weight: 600;
  }
  .bar .minus {
    color: var(--danger);
    font-weight: 600;
  }
  .box {
    position: relative;
    max-height: min(36rem, 60vh);
    overflow: auto;
    font: var(--text-s) / ${diffRowHeight}px var(--mono);
  }
  .box.long {
    height: min(36rem, 60vh);
    contain: strict;
  }
  .box.long .rows {
    position: absolute;
    left: 0;
    min-width: 100%;
  }
  .row {
    display: grid;
    grid-template-columns: var(--digits) var(--digits) 1.25rem 1fr auto;
    min-height: ${diffRowHeight}px;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    tab-size: 4;
  }
  .long .row {
    white-space: pre;
    overflow-wrap: normal;
  }
  .pair {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    min-height: ${diffRowHeight}px;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    tab-size: 4;
  }
  .side {
    display: grid;
    grid-template-columns: var(--digits) minmax(0, 1fr);
    column-gap: var(--space-2);
  }
  .side + .side {
    border-left: 1px solid var(--line);
  }
  .side.none {
    background: var(--hover);
  }
  .line-number {
    padding-right: 0.6em;
    color: var(--muted);
    font-size: var(--text-xs);
    text-align: right;
    user-select: none;
  }
  .sign {
    text-align: center;
    user-select: none;
  }
  .text {
    padding-right: var(--space-3);
  }
  .wide {
    position: sticky;
    right: 0;
    padding: 0 var(--space-2);
    background: var(--warn-soft);
    color: var(--warn);
    font: var(--text-xs) / ${diffRowHeight}px var(--font);
  }
  .side.added,
  .row.added {
    background: var(--added);
  }
  .side.removed,
  .row.removed {
    background: var(--removed);
  }
  .added .sign {
    color: var(--ok);
  }
  .removed .sign {
    color: var(--danger);
  }
  .gap {
    display: flex;
    align-items: center;
    gap: var(--space-3);
    height: ${diffRowHeight}px;
    padding: 0 var(--space-3);
    background: var(--hover);
    color: var(--muted);
    font: var(--text-xs) / ${diffRowHeight}px var(--font);
    white-space: nowrap;
  }
  .gap .link {
    font-size: inherit;
  }
  @keyframes late {
    from {
      visibility: hidden;
    }
  }
  .wait {
    animation: late 200ms step-end;
    margin: 0;
    padding: var(--space-2) var(--space-3);
    color: var(--muted);
    font-size: var(--text-s);
  }
`;
