import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { visible } from '../../contracts/visible.ts';
import { element } from './element.ts';
import { sends } from './enter.ts';
import { formFieldStyles } from './form-fields.styles.ts';
import { icon } from './icons.ts';
import { type Field, initialEntries, type ReadValues, readValues } from './model/form.ts';
import { shared } from './shared.styles.ts';

type Entries = Record<string, { id: string; initial: string }[]>;

/** Fields to fill in, each with its fault below it; lists grow by entries, objects are groups. Read with `read` or `values`. */
type FormFieldsProps = {
  fields: readonly Field[];
  /** By the path of a field. */
  faults: Record<string, string>;
  disabled: boolean;
  /** Of lists, by their path. */
  entries: Entries;
};

export class FormFields extends element<FormFieldsProps>(
  { fields: [], faults: {}, disabled: false, entries: {} },
  'entries',
) {
  static override styles = [shared, formFieldStyles];

  private made = 0;

  override willUpdate(changed: PropertyValues<this>): void {
    // Another form has other lists; the same one, told anew, keeps what was typed.
    const before = changed.get('fields');
    if (changed.has('fields') && JSON.stringify(before) !== JSON.stringify(this.fields)) this.entries = {};
  }

  /** What was typed, and what of it cannot be read. */
  get read(): ReadValues {
    const inputs = this.renderRoot.querySelectorAll<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(
      '[name]',
    );
    const texts = new Map(
      [...inputs].map((input): [string, string] => [
        input.name,
        input instanceof HTMLInputElement && input.type === 'checkbox' ? String(input.checked) : input.value,
      ]),
    );
    const entries = Object.fromEntries(
      Object.entries(this.entries).map(([path, list]) => [path, list.map(({ id }) => id)]),
    );
    return readValues(this.fields, { texts, entries });
  }

  get values(): Record<string, unknown> {
    return this.read.values;
  }

  override focus(): void {
    const first =
      this.renderRoot.querySelector<HTMLElement>('[aria-invalid="true"]') ??
      this.renderRoot.querySelector<HTMLElement>('[name]');
    first?.focus();
  }

  override render() {
    return this.fields.map((field) => this.field(field, field.name));
  }

  private field(field: Field, path: string): TemplateResult {
    const { label, help, required, type } = field;
    const fault = this.faults[path];
    const told = fault
      ? html`<p class="fault" id="${path}-fault" role="alert">${visible(`${label} ${fault}`)}</p>`
      : nothing;
    const hint = help ? html`<small>${visible(help)}</small>` : nothing;
    const optional = required ? nothing : html` <span>optional</span>`;
    if (type === 'boolean') {
      return html`<div class="field">
        <label class="check label"><input type="checkbox" name=${path} ?disabled=${this.disabled} .defaultChecked=${field.initial === 'true'} />${visible(label)}</label>
        ${hint}${told}
      </div>`;
    }
    if (type === 'group')
      return html`<fieldset class="group">
        <legend class="label">${visible(label)}${optional}</legend>
        ${hint}${told}${field.fields.map((one) => this.field(one, `${path}.${one.name}`))}
      </fieldset>`;
    if (type === 'list')
      return html`<fieldset class="group">
        <legend class="label">${visible(label)}${optional}</legend>
        ${hint}${told}${this.list(field, path)}
      </fieldset>`;
    return html`<div class="field">
      <label class="label" for=${path}>${visible(label)}${type === 'json' ? html` <span>as JSON${required ? '' : ', optional'}</span>` : optional}</label>
      ${this.input(field, path, fault !== undefined)} ${hint}${told}
    </div>`;
  }

  private list(field: Field, path: string): TemplateResult {
    const { entry } = field;
    if (!entry) return html``;
    const list = this.entriesOf(field, path);
    return html`${repeat(
      list,
      ({ id }) => id,
      ({ id, initial }, at) => html`<div class="entry" role="group" aria-label="${visible(field.label)} ${at + 1}">
          ${this.entry({ ...entry, initial, label: `${field.label} ${at + 1}` }, `${path}.${id}`)}
          <button type="button" class="quiet icon" aria-label="Remove ${visible(field.label)} ${at + 1}" ?disabled=${this.disabled} @click=${() => this.drop(path, id)}>${icon('cross', 14)}</button>
        </div>`,
    )}
      <button type="button" class="add" ?disabled=${this.disabled} @click=${() => void this.add(field, path)}>${icon('plus', 14)}Add</button>`;
  }

  /** A plain entry needs no label of its own. */
  private entry(field: Field, path: string): TemplateResult {
    if (field.type === 'group')
      return html`<div class="fields">${field.fields.map((one) => this.field(one, `${path}.${one.name}`))}</div>`;
    if (field.type === 'list' || field.type === 'boolean') return this.field(field, path);
    return html`<div class="field">${this.input(field, path, this.faults[path] !== undefined, field.label)}</div>`;
  }

  private entriesOf(field: Field, path: string): Entries[string] {
    const known = this.entries[path];
    if (known) return known;
    const list = initialEntries(field).map((initial) => ({ id: this.nextId(), initial }));
    this.entries[path] = list;
    return list;
  }

  private nextId(): string {
    this.made += 1;
    return String(this.made);
  }

  private async add(field: Field, path: string): Promise<void> {
    const id = this.nextId();
    this.entries = { ...this.entries, [path]: [...this.entriesOf(field, path), { id, initial: '' }] };
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`[name^="${CSS.escape(`${path}.${id}`)}"]`)?.focus();
  }

  private drop(path: string, id: string): void {
    this.entries = { ...this.entries, [path]: (this.entries[path] ?? []).filter((one) => one.id !== id) };
  }

  private input(
    { type, choices, required, initial }: Field,
    path: string,
    invalid: boolean,
    label?: string,
  ): TemplateResult {
    const described = invalid ? `${path}-fault` : nothing;
    const named = label === undefined ? nothing : visible(label);
    if (type === 'choice') {
      return html`<select id=${path} name=${path} aria-label=${named} ?disabled=${this.disabled} aria-required=${required} aria-invalid=${invalid} aria-describedby=${described}>
        ${required && initial !== '' ? nothing : html`<option value="">${required ? 'Choose…' : 'None'}</option>`}
        ${choices.map((choice) => html`<option value=${choice} ?selected=${choice === initial}>${visible(choice)}</option>`)}
      </select>`;
    }
    if (type === 'text' || type === 'json') {
      return html`<textarea id=${path} name=${path} dir="auto" class=${type === 'json' ? 'mono' : ''} rows="1" spellcheck=${type === 'text'} aria-label=${named} ?disabled=${this.disabled} aria-required=${required} aria-invalid=${invalid} aria-describedby=${described} .defaultValue=${initial} @keydown=${type === 'json' ? nothing : this.pressed}></textarea>`;
    }
    return html`<input id=${path} name=${path} type="number" step=${type === 'integer' ? '1' : 'any'} aria-label=${named} ?disabled=${this.disabled} aria-required=${required} aria-invalid=${invalid} aria-describedby=${described} .defaultValue=${initial} @keydown=${this.pressed} />`;
  }

  /** The form around stands in another tree: Enter would not reach it. */
  private pressed(event: KeyboardEvent): void {
    if (!sends(event)) return;
    event.preventDefault();
    this.dispatchEvent(new Event('enter'));
  }
}

customElements.define('ev-form-fields', FormFields);
