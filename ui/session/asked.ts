import { css, html, nothing } from 'lit';
import type { Approval, Decision } from '../../contracts/approvals.ts';
import { answerFault } from '../../contracts/permissions/question.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { moment } from '../parts/model/format.ts';
import { shared } from '../parts/shared.styles.ts';
import '../parts/time.ts';

type AskedProps = {
  approval: Approval | null;
  answering: Decision | null;
  /** Why nothing may be answered. */
  locked: string | null;
  failure: string | null;
  fault: string | null;
};

/** A question of the agent (`ask_user`), answered where it was asked. */
class Asked extends element<AskedProps>(
  { approval: null, answering: null, locked: null, failure: null, fault: null },
  'fault',
) {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      form {
        display: grid;
        gap: var(--space-3);
        padding: var(--space-3) var(--space-4) var(--space-4);
        border: 1px solid var(--warn-line);
        border-radius: var(--radius-m);
        background: var(--surface);
      }
      header {
        display: flex;
        align-items: baseline;
        gap: var(--space-2);
        color: var(--warn);
        font-size: var(--text-s);
        font-weight: 600;
      }
      header svg {
        align-self: center;
      }
      header ev-time {
        margin-left: auto;
        color: var(--muted);
        font-weight: 400;
      }
      fieldset {
        display: grid;
        gap: var(--space-2);
        min-width: 0;
        margin: 0;
        padding: 0;
        border: 0;
      }
      legend,
      .question {
        margin: 0;
        padding: 0 0 var(--space-2);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .choice {
        display: flex;
        gap: var(--space-2);
        align-items: baseline;
        overflow-wrap: anywhere;
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2);
      }
      .note {
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .failure {
        margin: 0;
        color: var(--danger);
        font-size: var(--text-s);
      }
    `,
  ];

  override render() {
    const { approval, answering, locked } = this;
    const question = approval?.question;
    if (!approval || !question) return nothing;
    const busy = answering !== null || locked !== null;
    return html`<form aria-label="Question of the agent" @submit=${this.submit} @keydown=${this.pressed}>
      <header>${icon('help', 14)}<span>The agent asks</span><ev-time at=${approval.askedAt}></ev-time></header>
      ${question.kind === 'text' ? this.text(question.question, busy) : this.choices(busy)}
      ${this.fault ? html`<p class="failure" role="alert">${this.fault}</p>` : nothing}
      ${this.failure ? html`<p class="failure" role="alert">${visible(this.failure)}</p>` : nothing}
      <div class="foot">
        <button class="primary" ?disabled=${busy}>${answering === 'approve' ? 'Answering…' : 'Answer'}</button>
        <button type="button" ?disabled=${busy} @click=${this.decline}>${answering === 'deny' ? 'Declining…' : 'Decline'}</button>
        ${this.deadline(approval)}
      </div>
      ${locked ? html`<span class="note">${locked}</span>` : nothing}
    </form>`;
  }

  private text(words: string, busy: boolean) {
    return html`<label>
      <p class="question">${visible(words)}</p>
      <textarea name="answer" rows="2" maxlength="20000" ?disabled=${busy}></textarea>
    </label>`;
  }

  private choices(busy: boolean) {
    const question = this.approval?.question;
    if (!question) return nothing;
    const type = question.kind === 'choices' ? 'checkbox' : 'radio';
    return html`<fieldset ?disabled=${busy}>
      <legend>${visible(question.question)}</legend>
      ${question.choices.map(
        (choice) =>
          html`<label class="choice"><input type=${type} name="answer" .value=${choice} />${visible(choice)}</label>`,
      )}
    </fieldset>`;
  }

  private deadline({ deadline, question }: Approval) {
    if (!deadline) return nothing;
    const fallback = question?.default;
    const taken = fallback === undefined ? '' : `, then “${[fallback].flat().join(', ')}” is taken`;
    return html`<span class="note">Until <time datetime=${deadline}>${moment(deadline)}</time>${visible(taken)}</span>`;
  }

  private given(): unknown {
    const question = this.approval?.question;
    if (question?.kind === 'text') return this.renderRoot.querySelector('textarea')?.value ?? '';
    const chosen = [...this.renderRoot.querySelectorAll<HTMLInputElement>('input:checked')].map(({ value }) => value);
    return question?.kind === 'choices' ? chosen : chosen[0];
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    const { approval } = this;
    if (!approval?.question || this.locked !== null || this.answering !== null) return;
    const answer = this.given();
    const isWrong = answerFault(approval.question, answer) !== null;
    this.fault = isWrong ? (approval.question.kind === 'text' ? 'Write an answer.' : 'Choose an answer.') : null;
    if (!isWrong) request(this, 'answer-asked', { id: approval.id, decision: 'approve', note: '', fields: { answer } });
  }

  private decline(): void {
    if (this.approval) request(this, 'answer-asked', { id: this.approval.id, decision: 'deny', note: '', fields: {} });
  }

  /** Escape leaves the field; it must not stop the turn. */
  private pressed(event: KeyboardEvent): void {
    const [target] = event.composedPath();
    if (event.key !== 'Escape' || !(target instanceof HTMLTextAreaElement)) return;
    event.stopPropagation();
    target.blur();
  }
}

customElements.define('ev-asked', Asked);
