import { css, html, nothing } from 'lit';
import type { FlowSummary } from '../../contracts/found.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { type IconName, icon } from '../parts/icons.ts';
import { shared } from '../parts/shared.styles.ts';

type FirstHourProps = {
  flows: readonly FlowSummary[];
  busy: boolean;
};

const firstFlow = 'research-report';

/** Three things that work at once, with the built-in offline model too, while there is nothing else to look at. */
class FirstHour extends element<FirstHourProps>({ flows: [], busy: false }) {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
        margin-bottom: var(--space-5);
      }
      h2 {
        margin: 0 0 var(--space-2);
        font-size: var(--text-s);
        font-weight: 620;
      }
      button {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        justify-content: start;
        gap: 0 var(--space-3);
        width: 100%;
        min-height: 0;
        padding: var(--space-3) var(--space-2);
        border: 0;
        border-bottom: 1px solid var(--line);
        border-radius: 0;
        background: none;
        text-align: left;
        white-space: normal;
      }
      button:last-child {
        border-bottom: 0;
      }
      button svg {
        grid-row: span 2;
        margin-top: 0.15rem;
        color: var(--accent);
      }
      small {
        color: var(--muted);
        font-weight: 400;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    request(this, 'load-flows', null);
  }

  override render() {
    const hasFlow = this.flows.some(({ name, faults }) => name === firstFlow && faults.length === 0);
    return html`<h2>Try one of these</h2>
      ${this.offer('search', 'Ask about this project', 'An agent lists the files, reads the README, and answers.', () => this.ask('Which files are here, and what is this project?'))}
      ${this.offer('pencil', 'Let an agent change a file', 'It asks you first: you see the diff, then approve or deny.', () => this.ask('write everturn-notes.md: Everturn was here.'))}
      ${
        hasFlow
          ? this.offer(
              'branch',
              'Run a flow',
              'Several agents research a question in this folder, and a report comes out.',
              () =>
                request(this, 'start-run', {
                  flow: firstFlow,
                  input: { question: 'What is this project, and how is it used?' },
                }),
            )
          : nothing
      }`;
  }

  private offer(sign: IconName, words: string, help: string, act: () => void) {
    return html`<button ?disabled=${this.busy} @click=${act}>${icon(sign)}<span>${words}</span><small>${help}</small></button>`;
  }

  private ask(text: string): void {
    request(this, 'create-session', { text, allow: [] });
  }
}

customElements.define('ev-first-hour', FirstHour);
