import { css } from 'lit';

/** What differs from the steps of a flow: a label is text, and the row may say why it ran again. */
export const callStyles = css`
  .name {
    font-family: inherit;
    font-weight: 500;
    white-space: nowrap;
  }
  .tags > .again {
    display: block;
    flex: 0 1 auto;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    color: var(--warn);
  }
  .tags a {
    position: relative;
    z-index: 1;
  }
  @media (max-width: 56rem) {
    .row {
      min-height: 2rem;
    }
  }
`;
