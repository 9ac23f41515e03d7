import { css } from 'lit';

export const canvasStyles = css`
  :host {
    position: relative;
    display: block;
    min-width: 0;
    min-height: 0;
    overflow: hidden;
    background-color: var(--sunken);
    background-image: radial-gradient(var(--line) 1px, transparent 1px);
    background-size: 20px 20px;
  }
  .frame {
    position: absolute;
    inset: 0;
    overflow: hidden;
    cursor: grab;
    touch-action: none;
  }
  .frame.dragging {
    cursor: grabbing;
    user-select: none;
  }
  .world {
    position: absolute;
    top: 0;
    left: 0;
    transform-origin: 0 0;
  }
  .tools {
    position: absolute;
    right: var(--space-3);
    bottom: var(--space-3);
    display: flex;
    border: 1px solid var(--line);
    border-radius: var(--radius-m);
    background: var(--surface);
    overflow: hidden;
  }
  .tools button {
    min-width: 2rem;
    min-height: 1.875rem;
    border: 0;
    border-radius: 0;
  }
  .tools button + button {
    border-left: 1px solid var(--line);
  }
  .tools button:focus-visible {
    outline-offset: -2px;
  }
  .scale {
    min-width: 3.25rem;
    justify-content: center;
  }
`;
