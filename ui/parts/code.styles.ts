import { css } from 'lit';

/** Colours of code; each has a contrast of at least 4.5 on the ground of code, also where lines are added or removed. */
export const codeColours = css`
  .ink-keyword {
    color: light-dark(#7a2ea6, #cba6f7);
  }
  .ink-string {
    color: light-dark(#186337, #8fd6a6);
  }
  .ink-number {
    color: light-dark(#8f3d00, #f2b57e);
  }
  .ink-comment {
    color: light-dark(#565e66, #9aa2aa);
    font-style: italic;
  }
  .ink-title {
    color: light-dark(#0a4fa0, #8fbfff);
  }
  .ink-type {
    color: light-dark(#085f70, #74d3df);
  }
  .ink-attribute {
    color: light-dark(#6f4600, #e7c27d);
  }
  .ink-variable {
    color: light-dark(#9c2229, #f5a8a2);
  }
  .ink-added {
    color: var(--ok);
  }
  .ink-removed {
    color: var(--danger);
  }
  .unseen {
    padding: 0 0.15em;
    border-radius: 2px;
    background: var(--warn-soft);
    color: var(--warn);
    outline: 1px solid var(--warn-line);
    outline-offset: -1px;
  }
  .cut {
    color: var(--muted);
    font-family: var(--font);
    font-style: italic;
  }
`;
