import { css } from 'lit';

export const diffRowHeight = 20;

export const diffStyles = css`
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
    padding: 0 var(--space-3);
    border-bottom: 1px solid var(--line);
    color: var(--muted);
    font-size: var(--text-xs);
  }
  .bar .plus {
    color: var(--ok);
    font-weight: 600;
  }
  .bar .minus {
    color: var(--danger);
    font-weight: 600;
  }
  .bar .link {
    margin-left: auto;
    font-size: inherit;
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
  .row.added {
    background: var(--added);
  }
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
