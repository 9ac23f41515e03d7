import { css, html, LitElement } from 'lit';
import { shared } from '../parts/shared.styles.ts';

const shortcuts: [string[], string][] = [
  [['Enter'], 'Send, or queue while a turn runs'],
  [['Shift', 'Enter'], 'New line'],
  [['Ctrl', 'Enter'], 'Interrupt the running turn and send (⌘ on a Mac)'],
  [['Esc'], 'Stop the running turn'],
  [['Ctrl', 'K'], 'Go to a session, run, flow, script or command'],
  [['/'], 'Write a message'],
  [['N'], 'New session'],
  [['S'], 'Search sessions'],
  [['R'], 'List of runs'],
  [['F'], 'Start a flow'],
  [['X'], 'Start a script'],
  [['A'], 'Approvals and questions'],
  [['B'], 'Background agents'],
  [['[', ']'], 'Session or run above, below'],
  [['End'], 'Jump to latest'],
  [['?'], 'Keyboard shortcuts'],
];

class Help extends LitElement {
  static override styles = [
    shared,
    css`
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: var(--space-2) var(--space-5);
        margin: 0;
        font-size: var(--text-s);
      }
      dt,
      dd {
        margin: 0;
      }
      p {
        margin: var(--space-4) 0 0;
        color: var(--muted);
        font-size: var(--text-xs);
      }
    `,
  ];

  override render() {
    return html`<dl>
        ${shortcuts.map(
          ([keys, what]) => html`<dt>${keys.map((key, at) => html`${at > 0 ? ' ' : ''}<kbd>${key}</kbd>`)}</dt>
            <dd>${what}</dd>`,
        )}
      </dl>
      <p>Single letters work outside text fields. Arrows, Home and End move through lists, steps, phases and calls.</p>`;
  }
}

customElements.define('ev-help', Help);
