import { css, html, nothing } from 'lit';
import { visible } from '../../contracts/visible.ts';
import { element } from './element.ts';
import { type Field, valuesOf } from './model/form.ts';
import { shared } from './shared.styles.ts';

/** Fields to fill in, each with its fault below it. Its values are read with `values`. */
type FormFieldsProps = {
  fields: readonly Field[];
  faults: Record<string, string>;
  disabled: boolean;
};

export class FormFields extends element<FormFieldsProps>({ fields: [], faults: {}, disabled: false }) {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: var(--space-4);
      }
      .field {
        display: grid;
        gap: var(--space-1);
        min-width: 0;
      }
      .label {
        font-size: var(--text-s);
        font-weight: 550;
        overflow-wrap: anywhere;
      }
      .label span,
      small {
        color: var(--muted);
        font-weight: 400;
        font-size: var(--text-xs);
      }
      textarea {
        display: block;
        field-sizing: content;
        min-height: 2.375rem;
        max-height: 40vh;
        resize: none;
      }
      [aria-invalid='true'] {
        border-color: var(--danger);
      }
      .fault {
        margin: 0;
        color: var(--danger);
        font-size: var(--text-s);
        overflow-wrap: anywhere;
      }
      .check {
        display: flex;
        align-items: center;
        gap: var(--space-3);
      }
      .check input {
        width: 1rem;
        height: 1rem;
        margin: 0;
        accent-color: var(--accent);
      }
    `,
  ];

  get values(): Record<string, unknown> {
    const inputs = this.renderRoot.querySelectorAll<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(
      '[name]',
    );
    const typed = [...inputs].map((input): [string, string] => [
      input.name,
      input instanceof HTMLInputElement && input.type === 'checkbox' ? String(input.checked) : input.value,
    ]);
    return valuesOf(this.fields, new Map(typed));
  }

  override focus(): void {
    const first =
      this.renderRoot.querySelector<HTMLElement>('[aria-invalid="true"]') ??
      this.renderRoot.querySelector<HTMLElement>('[name]');
    first?.focus();
  }

  override render() {
    return this.fields.map((field) => this.field(field));
  }

  private field(field: Field) {
    const { name, label, help, required, type } = field;
    const fault = this.faults[name];
    const told = fault
      ? html`<p class="fault" id="${name}-fault" role="alert">${visible(`${label} ${fault}`)}</p>`
      : nothing;
    if (type === 'boolean') {
      return html`<div class="field">
        <label class="check label"><input type="checkbox" name=${name} ?disabled=${this.disabled} .defaultChecked=${field.initial === 'true'} />${visible(label)}</label>
        ${help ? html`<small>${visible(help)}</small>` : nothing}${told}
      </div>`;
    }
    return html`<div class="field">
      <label class="label" for=${name}>${visible(label)}${required ? nothing : html` <span>optional</span>`}</label>
      ${this.input(field, fault !== undefined)}
      ${help ? html`<small>${visible(help)}</small>` : nothing}${told}
    </div>`;
  }

  private input({ name, type, choices, required, initial }: Field, invalid: boolean) {
    const described = invalid ? `${name}-fault` : nothing;
    if (type === 'choice') {
      return html`<select id=${name} name=${name} ?disabled=${this.disabled} aria-required=${required} aria-invalid=${invalid} aria-describedby=${described}>
        ${required && initial !== '' ? nothing : html`<option value="">${required ? 'Choose…' : 'None'}</option>`}
        ${choices.map((choice) => html`<option value=${choice} ?selected=${choice === initial}>${visible(choice)}</option>`)}
      </select>`;
    }
    if (type === 'text') {
      return html`<textarea id=${name} name=${name} rows="1" ?disabled=${this.disabled} aria-required=${required} aria-invalid=${invalid} aria-describedby=${described} .defaultValue=${initial} @keydown=${this.pressed}></textarea>`;
    }
    return html`<input id=${name} name=${name} type="number" step=${type === 'integer' ? '1' : 'any'} ?disabled=${this.disabled} aria-required=${required} aria-invalid=${invalid} aria-describedby=${described} .defaultValue=${initial} @keydown=${this.pressed} />`;
  }

  /** The form around stands in another tree: Enter would not reach it. */
  private pressed(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.dispatchEvent(new Event('enter'));
  }
}

customElements.define('ev-form-fields', FormFields);
