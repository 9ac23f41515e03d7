import { html, nothing, type PropertyValues } from 'lit';
import type { FlowSummary } from '../../contracts/found.ts';
import { request } from '../events.ts';
import { dialogFormStyles } from '../parts/dialog-form.styles.ts';
import { element } from '../parts/element.ts';
import { FormFields } from '../parts/form-fields.ts';
import { icon } from '../parts/icons.ts';
import { type Field, faultsByField, faultsOf, fieldsOfSchema } from '../parts/model/form.ts';
import { shared } from '../parts/shared.styles.ts';
import type { Flows } from './state/flows.ts';
import '../parts/long-text.ts';

type StartFlowProps = {
  flow: FlowSummary | null;
  flows: Flows | null;
  /** The folder that is taken when none is named. */
  workspace: string;
  fault: string | null;
  /** What was typed and cannot be read, by field. */
  unread: Record<string, string>;
};

/** Starts a flow: its input by a form where its schema allows one, else as JSON. */
class StartFlow extends element<StartFlowProps>(
  { flow: null, flows: null, workspace: '', fault: null, unread: {} },
  'fault',
  'unread',
) {
  static override styles = [shared, dialogFormStyles];

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('flow')) this.focus();
    const before = changed.get('flows');
    if (before && this.flows?.startError && before.startError !== this.flows.startError) this.focus();
  }

  override focus(): void {
    const first = this.renderRoot.querySelector<HTMLElement>('ev-form-fields, textarea');
    (first ?? this.renderRoot.querySelector<HTMLElement>('button.primary'))?.focus();
  }

  override render() {
    const { flow, flows } = this;
    if (!flow || !flows) return nothing;
    const fields = fieldsOfSchema(flow.inputs);
    const { of, rest } = faultsByField(flows.startError ? faultsOf(flows.startError) : [], fields ?? []);
    const busy = flows.starting;
    return html`<form @submit=${this.submit}>
      ${fields ? this.fields(fields, { ...of, ...this.unread }, busy) : this.json(flow, busy)}
      <label>
        <span>Workspace</span>
        <input class="mono" name="workspace" type="text" autocomplete="off" spellcheck="false" placeholder=${this.workspace} ?disabled=${busy} />
        <small>Absolute path. Defaults to the folder Everturn was started in.</small>
      </label>
      <fieldset>
        <legend>Without asking, its agents may</legend>
        <label class="check"><input type="checkbox" name="write" ?disabled=${busy} />Write and edit files</label>
        <label class="check"><input type="checkbox" name="run" ?disabled=${busy} />Run commands</label>
      </fieldset>
      ${this.failure(rest, Object.keys(of).length > 0)}
      <div class="actions"><button class="primary" ?disabled=${busy}>${icon('play', 14)}${busy ? 'Starting…' : `Start ${flow.name}`}</button></div>
    </form>`;
  }

  private fields(fields: Field[], faults: Record<string, string>, busy: boolean) {
    if (fields.length === 0) return html`<p>This flow takes no input.</p>`;
    return html`<ev-form-fields .fields=${fields} .faults=${faults} ?disabled=${busy} @enter=${this.enter}></ev-form-fields>`;
  }

  private json(flow: FlowSummary, busy: boolean) {
    return html`<label>
        <span>Input</span>
        <textarea class="mono" name="input" spellcheck="false" ?disabled=${busy} .defaultValue=${'{}'} aria-describedby="input-help"></textarea>
        <small id="input-help">A JSON object${flow.inputs ? ' that fits the schema below' : ''}.</small>
      </label>
      ${flow.inputs ? html`<ev-long-text .text=${JSON.stringify(flow.inputs, null, 2)} label="Schema of the input"></ev-long-text>` : nothing}`;
  }

  /** What no field shows. */
  private failure(rest: readonly string[], isShown: boolean) {
    const { startError } = this.flows ?? {};
    if (this.fault) return html`<div class="error" role="alert">${this.fault}</div>`;
    if (!startError || (isShown && rest.length === 0)) return nothing;
    return html`<div class="error" role="alert">${isShown ? rest.join('; ') : startError.message}</div>`;
  }

  private enter(): void {
    this.renderRoot.querySelector('form')?.requestSubmit();
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    const { flow, flows } = this;
    if (!flow || flows?.starting || !(event.target instanceof HTMLFormElement)) return;
    const form = new FormData(event.target);
    const fields = this.renderRoot.querySelector('ev-form-fields');
    const written = form.get('input');
    this.fault = null;
    const { values, faults } = fields instanceof FormFields ? fields.read : { values: {}, faults: {} };
    this.unread = faults;
    if (Object.keys(faults).length > 0) return;
    let input: Record<string, unknown> = values;
    if (typeof written === 'string') {
      try {
        input = JSON.parse(written) as Record<string, unknown>;
      } catch (cause) {
        this.fault = `Cannot start ${flow.name}: the input is not JSON (${cause instanceof Error ? cause.message : String(cause)})`;
        return;
      }
    }
    const workspace = String(form.get('workspace') ?? '').trim();
    request(this, 'start-run', {
      flow: flow.name,
      input,
      allow: (['write', 'run'] as const).filter((permission) => form.has(permission)),
      ...(workspace === '' ? {} : { workspace }),
    });
  }
}

customElements.define('ev-start-flow', StartFlow);
