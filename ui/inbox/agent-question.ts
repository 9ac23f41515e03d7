import { css, html, nothing, type TemplateResult } from 'lit';
import type { Approval, Decision } from '../../contracts/approvals.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { sends } from '../parts/enter.ts';
import { icon } from '../parts/icons.ts';
import { moment } from '../parts/model/format.ts';
import { shared } from '../parts/shared.styles.ts';
import '../parts/markdown.ts';

type AgentQuestionProps = {
  approval: Approval | null;
  answering: Decision | null;
  disabled: boolean;
  /** What is missing in the answer. */
  fault: string | null;
};

const isPicked = (initial: string | readonly string[] | undefined, choice: string): boolean =>
  initial === choice || (Array.isArray(initial) && initial.includes(choice));

/** What an agent asks with `ask_user`: a text, one of several choices, or some of them. */
class AgentQuestion extends element<AgentQuestionProps>(
  { approval: null, answering: null, disabled: false, fault: null },
  'fault',
) {
  static override styles = [
    shared,
    css`
      form {
        display: grid;
        gap: var(--space-3);
      }
      fieldset {
        display: grid;
        gap: var(--space-1);
        margin: 0;
        padding: 0;
        border: 0;
      }
      fieldset label {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        padding: 0.1875rem 0;
        overflow-wrap: anywhere;
      }
      fieldset input {
        flex: none;
        margin: 0;
        accent-color: var(--accent);
      }
      textarea {
        display: block;
        field-sizing: content;
        min-height: 2.375rem;
        max-height: 40vh;
        resize: none;
      }
      .until,
      .fault {
        margin: 0;
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .fault {
        color: var(--danger);
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
      }
    `,
  ];

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('textarea, input, button')?.focus();
  }

  override render(): TemplateResult | typeof nothing {
    const { approval, answering, disabled } = this;
    const asked = approval?.question;
    if (!approval || !asked) return nothing;
    return html`<form @submit=${this.submit} @keydown=${this.pressed}>
      <ev-markdown .text=${asked.question} exact></ev-markdown>
      ${this.field(asked, disabled)}
      ${this.fault ? html`<p class="fault" role="alert">${this.fault}</p>` : nothing}
      ${approval.deadline ? html`<p class="until">Until <time datetime=${approval.deadline}>${moment(approval.deadline)}</time>${asked.default === undefined ? ', then the agent goes on without an answer' : `, then “${[asked.default].flat().join(', ')}” counts`}.</p>` : nothing}
      <div class="actions">
        <button class="primary" ?disabled=${disabled}>${icon('check')}${answering === 'approve' ? 'Sending…' : 'Send answer'}</button>
        <button type="button" class="danger" ?disabled=${disabled} @click=${this.decline}>${icon('cross')}${answering === 'deny' ? 'Declining…' : 'Decline'}</button>
      </div>
    </form>`;
  }

  private field(asked: NonNullable<Approval['question']>, disabled: boolean): TemplateResult {
    const { kind, choices, default: initial } = asked;
    if (kind === 'text')
      return html`<textarea name="answer" rows="1" dir="auto" aria-label="Answer" ?disabled=${disabled} .defaultValue=${typeof initial === 'string' ? initial : ''}></textarea>`;
    const type = kind === 'choice' ? 'radio' : 'checkbox';
    return html`<fieldset aria-label="Answer">
      ${choices.map((choice) => html`<label><input type=${type} name="answer" value=${choice} ?disabled=${disabled} .defaultChecked=${isPicked(initial, choice)} />${visible(choice)}</label>`)}
    </fieldset>`;
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    const { approval } = this;
    if (this.disabled || !approval?.question || !(event.target instanceof HTMLFormElement)) return;
    const given = new FormData(event.target).getAll('answer').map(String);
    const answer = approval.question.kind === 'choices' ? given : (given[0] ?? '').trim();
    this.fault = answer.length === 0 ? 'Answer the question first, or decline it.' : null;
    if (this.fault === null)
      request(this, 'answer-approval', { id: approval.id, decision: 'approve', note: '', answer });
  }

  private decline(): void {
    if (!this.disabled && this.approval)
      request(this, 'answer-approval', { id: this.approval.id, decision: 'deny', note: '' });
  }

  /** Enter sends, as in the composer. Escape leaves the field, and closes nothing around it. */
  private pressed(event: KeyboardEvent): void {
    const { target } = event;
    if (event.key === 'Escape' && target instanceof HTMLTextAreaElement) {
      event.stopPropagation();
      target.blur();
    }
    if (!(target instanceof HTMLTextAreaElement)) return;
    if (!sends(event)) return;
    event.preventDefault();
    this.renderRoot.querySelector('form')?.requestSubmit();
  }
}

customElements.define('ev-agent-question', AgentQuestion);
