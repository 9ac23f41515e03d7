import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Span } from '../../contracts/api.ts';
import { Segments } from '../../contracts/cache.ts';
import type { Chunk } from '../../contracts/chunks.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { callPreview, exactArguments, hasOwnPreview } from '../inbox/call-preview.ts';
import { element } from '../parts/element.ts';
import { factsStyles } from '../parts/facts.styles.ts';
import { icon } from '../parts/icons.ts';
import { count, dollars, duration, moment, plural } from '../parts/model/format.ts';
import { withoutTerminalCodes } from '../parts/model/terminal-codes.ts';
import { shared } from '../parts/shared.styles.ts';
import { prefixBreak, timeToFirstToken, turnUsage, usageOf } from '../trace/model/trace.ts';
import { segmentTable, shapeBar, shapeStyles } from './cache-shape.ts';
import { requestKey } from './model/beside.ts';
import { type Inspected, inspect } from './model/inspect.ts';
import { type SessionPlace, writePlace } from './model/place.ts';
import type { Conversation } from './state/conversation.ts';
import '../parts/copy.ts';
import '../parts/long-text.ts';
import '../parts/unified-diff.ts';
import './attached.ts';
import './sent-request.ts';

type InspectorProps = {
  conversation: Conversation | null;
  place: SessionPlace | null;
};

const stateWords: Record<Span['status'], string> = {
  ok: 'completed',
  error: 'failed',
  interrupted: 'worker lost',
  cancelled: 'cancelled',
};

const ms = ({ startedAt, endedAt }: Span): number => Date.parse(endedAt) - Date.parse(startedAt);

const fact = (name: string, value: unknown) =>
  value === null || value === undefined || value === ''
    ? nothing
    : html`<dt>${name}</dt>
        <dd>${value}</dd>`;

const errorOf = ({ status, attributes }: Span): string | null => {
  if (status === 'interrupted') return 'The worker was lost';
  if (status !== 'error') return null;
  return typeof attributes.message === 'string' ? attributes.message : String(attributes.code ?? 'failed');
};

const segmentsOf = ({ attributes }: Span) => Segments.safeParse(attributes.segments).data ?? null;

/** All that is known of what is selected: input, output, difference, cost, attempts, and for a model request its bytes. */
class Inspector extends element<InspectorProps>({ conversation: null, place: null }) {
  static override styles = [
    shared,
    shapeStyles,
    factsStyles,
    css`
      :host {
        display: block;
        padding: var(--space-3) var(--space-4) var(--space-6);
        font-size: var(--text-s);
      }
      .head {
        display: flex;
        align-items: center;
        gap: var(--space-1);
        margin-bottom: var(--space-2);
      }
      h2 {
        flex: 1;
        min-width: 0;
        margin: 0;
        font-size: var(--text-m);
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      h3 {
        margin: var(--space-4) 0 var(--space-2);
        color: var(--muted);
        font-size: var(--text-xs);
        font-weight: 500;
      }
      dl {
        --names: 5rem;
      }
      .bad {
        color: var(--state-failed);
      }
      .cut {
        color: var(--state-waiting);
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: var(--text-xs);
      }
      th,
      td {
        padding: 0.125rem 0;
        border-bottom: 1px solid var(--line);
        font-weight: 400;
        text-align: right;
      }
      th {
        color: var(--muted);
      }
      th:first-child,
      td:first-child {
        text-align: left;
      }
      tr[aria-current] td {
        background: var(--hover);
      }
      .swatch {
        display: inline-block;
        margin-right: var(--space-1);
      }
      td .link {
        font-size: inherit;
      }
      ev-diff + ev-long-text,
      .input + ev-long-text {
        margin-top: var(--space-2);
      }
      .path {
        margin-bottom: var(--space-2);
        color: var(--muted);
        overflow-wrap: anywhere;
      }
      .command {
        margin: 0;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      p {
        margin: 0;
        color: var(--muted);
      }
      .shape {
        margin-bottom: var(--space-2);
      }
      @media (max-width: 74.99rem) {
        .close {
          display: none;
        }
      }
      .links {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-3);
        margin-top: var(--space-3);
        font-size: var(--text-xs);
      }
    `,
  ];

  override updated(changed: PropertyValues<this>): void {
    const { conversation, place } = this;
    if (!(conversation?.view && place) || !(changed.has('conversation') || changed.has('place'))) return;
    if (place.kind === 'span' && !conversation.allSpans && this.found()?.status === 'spans')
      this.once('spans', () => request(this, 'load-session-trace', { more: false }));
    if ('turn' in place && conversation.traces[place.turn] === undefined && !conversation.allSpans)
      request(this, 'load-trace', { turn: place.turn });
  }

  private asked = '';
  /** Asks once for what a place needs. */
  private once(what: string, ask: () => void): void {
    const key = `${this.conversation?.sessionId}/${what}/${this.place ? writePlace(this.place) : ''}`;
    if (this.asked === key) return;
    this.asked = key;
    ask();
  }

  private found() {
    const { conversation, place } = this;
    if (!conversation?.view || !place) return null;
    const { view, traces, allSpans } = conversation;
    return inspect({ view, traces, allSpans }, place);
  }

  override render() {
    const found = this.found();
    if (!found) return html`<p>Select a turn, a call or an operation.</p>`;
    if (found.status === 'missing') return html`<p role="alert">There is nothing at this address in this session.</p>`;
    if (found.status !== 'found') return html`<p role="status">Loading…</p>`;
    const { inspected } = found;
    switch (inspected.kind) {
      case 'call':
        return this.call(inspected);
      case 'step':
        return this.step(inspected);
      case 'turn':
        return this.turn(inspected);
      case 'chunk':
        return this.chunk(inspected.chunk);
    }
  }

  private head(title: unknown, place: SessionPlace) {
    const link = `${location.origin}/s/${encodeURIComponent(this.conversation?.sessionId ?? '')}#${writePlace(place)}`;
    return html`<div class="head">
      <h2>${title}</h2>
      <ev-copy .text=${link} label="Copy the link"></ev-copy>
      <button class="quiet icon close" aria-label="Close" title="Close" @click=${() => request(this, 'select-place', { place: null })}>${icon('cross', 14)}</button>
    </div>`;
  }

  private select(place: SessionPlace) {
    return () => request(this, 'select-place', { place });
  }

  private call(inspected: Extract<Inspected, { kind: 'call' }>) {
    const { turn, step, call, attempts, attempt, body, result, live } = inspected;
    const place = { kind: 'call', turn, step, call } as const;
    const tool = body?.tool ?? attempts[0]?.name ?? 'Tool call';
    const shown = attempts.find((span) => span.attempt === attempt) ?? attempts.at(-1);
    const usage = inspected.request && usageOf(inspected.request);
    const state = result
      ? result.status === 'ok'
        ? 'completed'
        : result.status
      : live
        ? 'running'
        : shown
          ? stateWords[shown.status]
          : 'waiting';
    return html`${this.head(html`<code>${visible(tool)}</code>`, place)}
      <dl>
        ${fact('State', state)}
        ${fact('Place', html`Turn ${turn}, step ${step}, call ${call + 1}`)}
        ${fact('Started', shown ? moment(shown.startedAt) : live?.startedAt && moment(live.startedAt))}
        ${fact('Duration', result ? duration(result.durationMs) : shown && duration(ms(shown)))}
        ${fact('Attempts', attempts.length > 1 ? attempts.length : null)}
        ${fact('Asked by', usage && inspected.request ? html`<button class="link" @click=${this.select({ kind: 'step', turn, step })}>${inspected.request.name}</button> · ${count(usage.output)} tokens${usage.cost ? ` · ${dollars(usage.cost)}` : ''}` : null)}
      </dl>
      ${attempts.length > 1 ? this.attempts(attempts, attempt) : nothing}
      ${
        body
          ? html`<h3>Input</h3>
              <div class="input">${callPreview(body.tool, body.arguments)}</div>
              ${hasOwnPreview(body.tool, body.arguments) ? exactArguments(body.arguments) : nothing}`
          : nothing
      }
      ${
        result?.diff
          ? html`<h3>Changed files</h3>
              <ev-unified .diff=${result.diff}></ev-unified>`
          : nothing
      }
      ${
        result
          ? html`<h3>Output</h3>
              <ev-long-text .text=${withoutTerminalCodes(result.text)} label=${`${count(result.text.length)} characters`}></ev-long-text>
              ${result.command ? html`<h3>Command</h3><ev-long-text .text=${JSON.stringify(result.command, null, 2)} label="Exit, streams and limits"></ev-long-text>` : nothing}
              ${result.images ? html`<ev-attached .items=${result.images}></ev-attached>` : nothing}`
          : nothing
      }
      <div class="links">
        <button class="link" @click=${this.select({ kind: 'step', turn, step })}>Model request</button>
        <button class="link" @click=${this.select({ kind: 'turn', turn })}>Turn ${turn}</button>
      </div>`;
  }

  private attempts(attempts: readonly Span[], selected: number | null) {
    return html`<h3>Attempts</h3>
      <table class="numbers">
        <thead><tr><th scope="col">No.</th><th scope="col">State</th><th scope="col">Duration</th></tr></thead>
        <tbody>
          ${attempts.map(
            (span) => html`<tr aria-current=${span.attempt === selected || nothing}>
              <td><button class="link" @click=${this.select({ kind: 'span', id: span.id })}>${span.attempt}</button></td>
              <td class=${span.status === 'interrupted' ? 'cut' : span.status === 'error' ? 'bad' : ''}>${errorOf(span) ?? stateWords[span.status]}</td>
              <td>${duration(ms(span))}</td>
            </tr>`,
          )}
        </tbody>
      </table>`;
  }

  private step({ turn, step, attempts, attempt }: Extract<Inspected, { kind: 'step' }>) {
    const shown =
      attempts.find((span) => span.attempt === attempt) ??
      attempts.find(({ status }) => status === 'ok') ??
      attempts.at(-1);
    const usage = shown && usageOf(shown);
    const first = shown && timeToFirstToken(shown);
    const broken = shown && prefixBreak(shown);
    const segments = shown && segmentsOf(shown);
    const wanted = { turn, step, attempt };
    return html`${this.head(shown ? visible(shown.name) : 'Model request', { kind: 'step', turn, step })}
      <dl>
        ${fact('State', shown ? html`<span class=${shown.status === 'interrupted' ? 'cut' : ''}>${stateWords[shown.status]}</span>` : 'running')}
        ${fact('Error', shown?.status === 'error' ? html`<span class="bad">${errorOf(shown)}</span>` : null)}
        ${fact('Place', html`Turn ${turn}, step ${step}${attempts.length > 1 && shown ? `, attempt ${shown.attempt}` : ''}`)}
        ${fact('Started', shown && moment(shown.startedAt))}
        ${fact('Duration', shown && duration(ms(shown)))}
        ${fact('First token', first === null || first === undefined ? null : duration(first))}
        ${fact('Input', usage && `${count(usage.input)} tokens, ${count(usage.cacheRead)} from the cache`)}
        ${fact('Output', usage && `${count(usage.output)} tokens${usage.reasoning > 0 ? `, ${count(usage.reasoning)} of them reasoning` : ''}`)}
        ${fact('Cost', usage?.cost ? dollars(usage.cost) : null)}
        ${fact('Prefix', shown && broken ? html`<span class=${broken.isFault ? 'bad' : ''}>${broken.words}</span>` : shown?.status === 'ok' && usage ? 'extends the request before' : null)}
      </dl>
      ${attempts.length > 1 ? this.attempts(attempts, attempt ?? shown?.attempt ?? null) : nothing}
      ${segments ? html`<h3>Cache</h3>${shapeBar(segments)}${segmentTable(segments)}` : nothing}
      ${shown ? html`<h3>Request and reply</h3><ev-sent-request .turn=${turn} .step=${step} .attempt=${attempt} .state=${this.conversation?.beside.requests[requestKey(wanted)]}></ev-sent-request>` : nothing}
      <div class="links"><button class="link" @click=${this.select({ kind: 'turn', turn })}>Turn ${turn}</button></div>`;
  }

  private turn({ turn, spans, chunks }: Extract<Inspected, { kind: 'turn' }>) {
    const fact_ = this.conversation?.view?.turns[turn];
    const usage = turnUsage(spans);
    const diffs = chunks.flatMap(({ body }) => (body.kind === 'tool_result' && body.diff ? [body.diff] : []));
    return html`${this.head(`Turn ${turn}`, { kind: 'turn', turn })}
      <dl>
        ${fact('State', fact_?.status)}
        ${fact('Error', fact_?.code)}
        ${fact('Started', fact_?.startedAt ? moment(fact_.startedAt) : null)}
        ${fact('Duration', fact_?.durationMs === null || fact_?.durationMs === undefined ? null : duration(fact_.durationMs))}
        ${fact('Requests', usage.requests || null)}
        ${fact('Input', usage.requests ? `${count(usage.input)} tokens, ${count(usage.cacheRead)} from the cache` : null)}
        ${fact('Output', usage.requests ? `${count(usage.output)} tokens` : null)}
        ${fact('Cost', usage.cost ? dollars(usage.cost) : null)}
      </dl>
      ${spans.length > 0 ? this.operations(spans) : nothing}
      ${diffs.length > 0 ? html`<h3>Changed files</h3>${diffs.map((diff) => html`<ev-unified .diff=${diff}></ev-unified>`)}` : nothing}`;
  }

  private operations(spans: readonly Span[]) {
    return html`<h3>${plural(spans.length, 'operation')}</h3>
      <table class="numbers">
        <tbody>
          ${spans.slice(0, 200).map(
            (span) => html`<tr>
              <td><button class="link" @click=${this.select({ kind: 'span', id: span.id })}>${visible(span.name)}</button></td>
              <td class=${span.status === 'interrupted' ? 'cut' : span.status === 'error' ? 'bad' : ''}>${span.status === 'ok' ? '' : stateWords[span.status]}</td>
              <td>${duration(ms(span))}</td>
            </tr>`,
          )}
        </tbody>
      </table>
      ${spans.length > 200 ? html`<p>The other ${count(spans.length - 200)} are in the trace.</p>` : nothing}`;
  }

  private chunk(chunk: Chunk): TemplateResult {
    const { seq, turn, step, at, body } = chunk;
    return html`${this.head(`Chunk ${seq}`, { kind: 'chunk', seq })}
      <dl>
        ${fact('Kind', body.kind.replace('_', ' '))}
        ${fact('Place', html`<button class="link" @click=${this.select({ kind: 'turn', turn })}>Turn ${turn}</button>, step ${step}`)}
        ${fact('Written', moment(at))}
      </dl>
      <h3>As stored</h3>
      <ev-long-text .text=${JSON.stringify(body, null, 2)} label="JSON"></ev-long-text>`;
  }
}

customElements.define('ev-inspector', Inspector);
