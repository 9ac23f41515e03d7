import { css, html, LitElement } from 'lit';
import { shared } from '../parts/shared.styles.ts';

type Row = readonly [keys: readonly string[], what: string];

const groups: readonly (readonly [title: string, rows: readonly Row[]])[] = [
  [
    'Everywhere',
    [
      [['Ctrl', 'K'], 'Go to a session, run, page or command, or search what was said (⌘ on a Mac)'],
      [['N'], 'New session'],
      [['F'], 'Start a flow'],
      [['X'], 'Start a script'],
      [['A'], 'Inbox, beside the page'],
      [['B'], 'Background agents'],
      [['S'], 'Search sessions'],
      [['R'], 'List of runs in the rail'],
      [['[', ']'], 'Session or run above, below'],
      [['?'], 'Keyboard shortcuts'],
    ],
  ],
  [
    'Pages: G, then',
    [
      [['G', 'S'], 'All sessions'],
      [['G', 'R'], 'All runs'],
      [['G', 'I'], 'Inbox'],
      [['G', 'C'], 'Schedules'],
      [['G', 'U'], 'Usage'],
      [['G', 'H'], 'Health'],
      [['G', ','], 'Settings'],
    ],
  ],
  [
    'Conversation',
    [
      [['Enter'], 'Send, or queue while a turn runs'],
      [['Shift', 'Enter'], 'New line'],
      [['Ctrl', 'Enter'], 'Interrupt the running turn and send (⌘ on a Mac)'],
      [['Esc'], 'Stop the running turn'],
      [['/'], 'Write a message'],
      [['End'], 'Jump to latest'],
    ],
  ],
  [
    'Lists and inbox',
    [
      [['J', 'K'], 'Next, previous'],
      [['Enter'], 'Open the selected row'],
      [['Y'], 'Approve'],
      [['N'], 'Deny'],
      [['S'], 'Allow for this session'],
      [['X'], 'Mark, to answer several at once'],
      [['O'], 'Open its session or run'],
    ],
  ],
];

class Help extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: var(--space-5);
      }
      h3 {
        margin: 0 0 var(--space-2);
        color: var(--muted);
        font-size: var(--text-xs);
        font-weight: 600;
      }
      dl {
        display: grid;
        grid-template-columns: 7rem 1fr;
        gap: var(--space-1) var(--space-4);
        align-items: baseline;
        margin: 0;
        font-size: var(--text-s);
      }
      dt,
      dd {
        margin: 0;
      }
      p {
        margin: 0;
        color: var(--muted);
        font-size: var(--text-xs);
      }
    `,
  ];

  override render() {
    return html`${groups.map(
      ([title, rows]) => html`<section>
          <h3>${title}</h3>
          <dl>
            ${rows.map(
              ([keys, what]) => html`<dt>${keys.map((key, at) => html`${at > 0 ? ' ' : ''}<kbd>${key}</kbd>`)}</dt>
                <dd>${what}</dd>`,
            )}
          </dl>
        </section>`,
    )}
      <p>Single letters work outside text fields. Arrows, Home and End move through lists, steps, phases and calls.</p>`;
  }
}

customElements.define('ev-help', Help);
