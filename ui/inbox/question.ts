import { css, html, nothing } from 'lit';
import type { Decision } from '../../contracts/approvals.ts';
import { stepName } from '../../contracts/ids.ts';
import type { Question } from '../../contracts/runs.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { FormFields } from '../parts/form-fields.ts';
import { icon } from '../parts/icons.ts';
import { faultsByField, fieldsOfForm } from '../parts/model/form.ts';
import { moment } from '../parts/model/format.ts';
import { shared } from '../parts/shared.styles.ts';
import '../parts/markdown.ts';
import '../parts/time.ts';

/** Of a call of a script without a label: its name says nothing to a person. */
const unnamed = /^(?:call|approval) [0-9a-f]{8}$/;

type QuestionCardProps = {
  question: Question | null;
  /** By what the step is shown, where it is not its id. */
  name: string;
  /** The answer that is on its way. */
  answering: Decision | null;
  /** Why nothing may be answered. */
  locked: string | null;
  failure: string | null;
  faults: readonly string[];
};

/** What a run asks a person: the question, who may answer until when, the fields, and the two answers. */
class QuestionCard extends element<QuestionCardProps>({
  question: null,
  name: '',
  answering: null,
  locked: null,
  failure: null,
  faults: [],
}) {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      section {
        display: grid;
        gap: var(--space-3);
        padding: var(--space-3) var(--space-4) var(--space-4);
        border: 1px solid var(--warn-line);
        border-radius: var(--radius-m);
        background: var(--surface);
        box-shadow: var(--shadow);
      }
      header {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        color: var(--warn);
        font-weight: 600;
        font-size: var(--text-s);
      }
      header span {
        min-width: 0;
        overflow-wrap: anywhere;
      }
      header ev-time {
        flex: none;
        margin-left: auto;
        color: var(--muted);
        font-weight: 400;
      }
      .who {
        margin: 0;
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .prompt {
        max-height: 24rem;
        overflow: auto;
      }
      .note {
        display: grid;
        gap: var(--space-1);
        color: var(--muted);
        font-size: var(--text-s);
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
      }
      .failure {
        margin: 0;
        color: var(--danger);
        font-size: var(--text-s);
        overflow-wrap: anywhere;
      }
    `,
  ];

  override render() {
    const { question, answering } = this;
    if (!question) return nothing;
    const { step, prompt, form, approvers, deadline, askedAt } = question;
    const name = visible(this.name || stepName(step));
    const fields = fieldsOfForm(form);
    const { of, rest } = faultsByField(this.faults, fields);
    const busy = answering !== null || this.locked !== null;
    return html`<section aria-label="Question: ${name}" @keydown=${this.pressed}>
      <header>${icon('warning')}<span>${unnamed.test(name) ? 'The run asks' : `The run asks at ${name}`}</span><ev-time at=${askedAt}></ev-time></header>
      <div class="prompt"><ev-markdown .text=${prompt} exact></ev-markdown></div>
      ${fields.length > 0 ? html`<ev-form-fields .fields=${fields} .faults=${of} ?disabled=${busy} @enter=${() => this.answer('approve')}></ev-form-fields>` : nothing}
      <label class="note">
        <span>Note (optional)</span>
        <input name="note" type="text" maxlength="2000" autocomplete="off" ?disabled=${busy} />
      </label>
      <p class="who">
        ${approvers === null ? 'Any operator may answer' : `May be answered by ${visible(approvers.join(', '))}`}${
          deadline === null ? ', at any time' : html`, until <time datetime=${deadline}>${moment(deadline)}</time>`
        }.
      </p>
      <div class="actions">
        <button class="primary" ?disabled=${busy} @click=${() => this.answer('approve')}>
          ${icon('check')}${answering === 'approve' ? 'Approving…' : 'Approve'}
        </button>
        <button class="danger" ?disabled=${busy} @click=${() => this.answer('deny')}>
          ${icon('cross')}${answering === 'deny' ? 'Denying…' : 'Deny'}
        </button>
      </div>
      ${this.locked ? html`<p class="who">${this.locked}</p>` : nothing}
      ${this.failure && (rest.length > 0 || Object.keys(of).length === 0) ? html`<p class="failure" role="alert">${visible(this.failure)}</p>` : nothing}
    </section>`;
  }

  private answer(decision: Decision): void {
    if (!this.question || this.answering !== null || this.locked !== null) return;
    const form = this.renderRoot.querySelector('ev-form-fields');
    const fields = form instanceof FormFields ? form.values : {};
    const note = this.renderRoot.querySelector<HTMLInputElement>('input[name="note"]')?.value.trim() ?? '';
    request(this, 'answer-question', { id: this.question.id, decision, note, fields });
  }

  /** Escape leaves the fields; it must not stop or close what is around. */
  private pressed(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    const [target] = event.composedPath();
    if (!(target instanceof HTMLElement) || target instanceof HTMLButtonElement) return;
    event.stopPropagation();
    target.blur();
  }
}

customElements.define('ev-question', QuestionCard);
