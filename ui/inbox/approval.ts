import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Approval, Decision } from '../../contracts/approvals.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { shared } from '../parts/shared.styles.ts';
import { callPreview, exactArguments, hasOwnPreview } from './call-preview.ts';
import { changeList } from './changes.ts';
import { isSecondPress } from './second-press.ts';
import './agent-question.ts';
import '../parts/time.ts';

const asks: Record<string, string> = {
  run_command: 'The agent wants to run a command',
  write_file: 'The agent wants to write a file',
  edit_file: 'The agent wants to edit a file',
  delete_file: 'The agent wants to delete a file',
  apply_patch: 'The agent wants to change files',
  request_read_access: 'The agent wants to read outside its workspace',
};

type ApprovalCardProps = {
  approval: Approval | null;
  /** The answer that is on its way. */
  answering: Decision | null;
  /** Why nothing may be answered. */
  locked: string | null;
  failure: string | null;
  denying: boolean;
  exact: boolean;
  /** The rule that “allow for this session” would add, in words; null where none can. */
  rule: string | null;
};

/** One call that waits for a person: what it would do, word for word, why it is asked, and the answers. */
export class ApprovalCard extends element<ApprovalCardProps>(
  { approval: null, answering: null, locked: null, failure: null, denying: false, exact: false, rule: null },
  'denying',
  'exact',
  'rule',
) {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      .why {
        margin: var(--space-2) 0 0;
        color: var(--muted);
        font-size: var(--text-xs);
        overflow-wrap: anywhere;
      }
      section {
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
        margin-bottom: var(--space-2);
        color: var(--warn);
        font-weight: 600;
        font-size: var(--text-s);
      }
      header ev-time {
        margin-left: auto;
        color: var(--muted);
        font-weight: 400;
      }
      .path {
        margin: 0 0 var(--space-2);
        color: var(--muted);
        font-size: var(--text-s);
        overflow-wrap: anywhere;
      }
      .command {
        margin: 0 0 var(--space-2);
        padding: var(--space-2) var(--space-3);
        border: 1px solid var(--line);
        border-radius: var(--radius-s);
        background: var(--sunken);
        font-size: var(--text-s);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        max-height: 20rem;
        overflow: auto;
      }
      .command span {
        color: var(--muted);
        user-select: none;
      }
      .actions,
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2);
        margin-top: var(--space-3);
      }
      .actions .link {
        margin-left: auto;
      }
      form label {
        flex: 1 1 14rem;
      }
      form input {
        min-height: 2rem;
        padding-block: 0;
        font-size: var(--text-s);
      }
      .locked {
        margin: var(--space-3) 0 0;
        color: var(--muted);
        font-size: var(--text-s);
      }
      .failure {
        margin: var(--space-3) 0 0;
        color: var(--danger);
        font-size: var(--text-s);
      }
      .exact {
        margin-top: var(--space-3);
      }
    `,
  ];

  override render() {
    const { approval } = this;
    if (!approval) return nothing;
    const { tool, arguments: text, question, about, because } = approval;
    if (question) return this.question(approval);
    return html`<section aria-label="Approval: ${visible(tool)}, turn ${approval.turn}, step ${approval.step}, call ${approval.call + 1}">
      <header>
        ${icon('warning')}
        <span>${asks[tool] ?? html`The agent wants to use <code>${visible(tool)}</code>`}</span>
        <ev-time at=${approval.askedAt}></ev-time>
      </header>
      ${this.preview(approval)}
      ${about ? html`<p class="why">${visible(about)}</p>` : nothing}
      ${because ? html`<p class="why">${visible(because.words)}</p>` : nothing}
      ${this.exact ? html`<div class="exact">${exactArguments(text)}</div>` : nothing}
      ${this.denying ? this.denyForm() : this.actions(hasOwnPreview(tool, text))}
      ${this.locked ? html`<p class="locked">${visible(this.locked)}</p>` : nothing}
      ${this.failure ? html`<p class="failure" role="alert">${visible(this.failure)}</p>` : nothing}
    </section>`;
  }

  /** An agent asks with `ask_user`: what is answered is the question, not the call. */
  private question(approval: Approval): TemplateResult {
    return html`<section aria-label="Question of the agent, turn ${approval.turn}, step ${approval.step}">
      <header>${icon('warning')}<span>The agent asks</span><ev-time at=${approval.askedAt}></ev-time></header>
      <ev-agent-question
        .approval=${approval}
        .answering=${this.answering}
        ?disabled=${this.answering !== null || this.locked !== null}
      ></ev-agent-question>
      ${this.locked ? html`<p class="locked">${visible(this.locked)}</p>` : nothing}
      ${this.failure ? html`<p class="failure" role="alert">${visible(this.failure)}</p>` : nothing}
    </section>`;
  }

  private preview({ tool, arguments: text, changes = [] }: Approval): TemplateResult {
    const isRead = hasOwnPreview(tool, text) || changes.length === 0;
    return isRead ? callPreview(tool, text) : changeList(changes);
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('approval') && changed.get('approval')?.id !== this.approval?.id) void this.findRule();
  }

  /** Rules are worked out by code of its own, which is loaded for the first card. */
  private async findRule(): Promise<void> {
    this.rule = null;
    const asked = this.approval;
    const because = asked?.because;
    if (!because || because.rule !== null || asked.question) return;
    const { suggestedRule } = await import('./model/suggested-rule.ts');
    if (this.approval?.id === asked.id) this.rule = suggestedRule(because.subject);
  }

  /** Asks for the reason of a refusal. */
  startDeny(): void {
    const question = this.renderRoot.querySelector<HTMLElement>('ev-agent-question');
    if (question) question.focus();
    else void this.startDenying();
  }

  /** For this and equal calls. */
  allowForSession(): void {
    if (this.rule !== null) this.answer('approve', '', 'session');
    else
      request(this, 'notify', {
        text: 'This call cannot be allowed for the session. Approve it once, or add a rule to everturn.yaml',
      });
  }

  private actions(offerExact: boolean) {
    const busy = this.answering !== null || this.locked !== null;
    return html`<div class="actions">
      <button class="primary" ?disabled=${busy} @click=${(event: MouseEvent) => isSecondPress(event) || this.answer('approve', '')}>
        ${icon('check')}${this.answering === 'approve' ? 'Approving…' : 'Approve'}
      </button>
      <button class="danger" ?disabled=${busy} @click=${this.startDenying}>
        ${icon('cross')}${this.answering === 'deny' ? 'Denying…' : 'Deny…'}
      </button>
      ${
        this.rule === null
          ? nothing
          : html`<button ?disabled=${busy} title="Adds the rule: ${this.rule}" @click=${(event: MouseEvent) => isSecondPress(event) || this.allowForSession()}>Allow for this session</button>`
      }
      ${
        offerExact
          ? html`<button class="link" aria-expanded=${this.exact} @click=${this.toggleExact}>
              ${this.exact ? 'Hide the exact arguments' : 'Exact arguments'}
            </button>`
          : nothing
      }
    </div>`;
  }

  private denyForm() {
    return html`<form @submit=${this.deny} @keydown=${this.leaveOnEscape}>
      <label>
        <span class="hidden-text">Reason, sent to the agent</span>
        <input name="note" type="text" maxlength="2000" placeholder="Reason, sent to the agent (optional)" autocomplete="off" />
      </label>
      <button class="danger">Deny</button>
      <button class="quiet" type="button" @click=${this.stopDenying}>Back</button>
    </form>`;
  }

  private answer(decision: Decision, note: string, remember?: 'session'): void {
    if (this.approval && this.locked === null)
      request(this, 'answer-approval', {
        id: this.approval.id,
        decision,
        note,
        ...(remember === undefined ? {} : { remember }),
      });
  }

  private async startDenying(): Promise<void> {
    this.denying = true;
    await this.updateComplete;
    this.renderRoot.querySelector('input')?.focus();
  }

  private deny(event: SubmitEvent): void {
    event.preventDefault();
    const note = this.renderRoot.querySelector('input')?.value.trim() ?? '';
    this.denying = false;
    this.answer('deny', note);
  }

  private stopDenying(): void {
    this.denying = false;
  }

  private leaveOnEscape(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    event.preventDefault();
    this.stopDenying();
  }

  private toggleExact(): void {
    this.exact = !this.exact;
  }
}

customElements.define('ev-approval', ApprovalCard);
