import type { Span } from '../../contracts/api.ts';
import type { Approval, ApprovalAnswer } from '../../contracts/approvals.ts';
import type { Segments } from '../../contracts/cache.ts';
import { type Chunk, resultOrdinal } from '../../contracts/chunks.ts';
import { callKey } from '../../contracts/ids.ts';
import type { AskedQuestion } from '../../contracts/permissions/question.ts';
import type { Usage } from '../../contracts/usage.ts';
import type { SessionStream } from './stream.ts';

/** What one step of a scripted turn says and does. */
export type Step = {
  thinking?: string;
  text?: string;
  calls?: {
    tool: string;
    arguments: unknown;
    output?: string[];
    result?: string;
    status?: 'ok' | 'error';
    diff?: string;
    ask?: boolean;
    question?: AskedQuestion;
  }[];
};
export type Script = { steps: Step[]; fail?: { code: string; message: string } };

/** Tools, then the system prompt, then what was said: a cache serves the beginning. */
const segmentsOf = ({ input, cacheRead }: Usage): Segments => {
  const part = (from: number, to: number) => {
    const hit = Math.min(Math.max(cacheRead - from, 0), to - from);
    return { hit, miss: to - from - hit };
  };
  const [tools, system] = [Math.min(700, input), Math.min(1200, input)];
  return { tools: part(0, tools), system: part(tools, system), conversation: part(system, input) };
};

type Waiting = { resolve: (answer: ApprovalAnswer) => void; approval: Approval };

const pieces = (text: string, size = 14): string[] => text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Plays scripted turns as events, at a readable pace or all at once. */
export class Agent {
  readonly waiting = new Map<string, Waiting>();
  readonly spans: Span[] = [];
  private readonly stream: SessionStream;
  private readonly pace: number;
  private readonly cancelled = new Set<number>();
  private input = 1800;

  constructor(stream: SessionStream, pace: number) {
    this.stream = stream;
    this.pace = pace;
  }

  cancel(turn: number): void {
    this.cancelled.add(turn);
    for (const { resolve } of this.waiting.values()) resolve({ decision: 'deny' });
  }

  async play(turn: number, messageId: string, text: string, { steps, fail }: Script): Promise<void> {
    const { stream } = this;
    const began = Date.now();
    const user = stream.chunk(turn, 0, 0, { kind: 'text', role: 'user', text });
    stream.append({ type: 'turn.started', turn, messageId, startedAt: new Date().toISOString(), chunks: [user] });
    for (const [index, step] of steps.entries()) {
      if (this.cancelled.has(turn)) break;
      await this.step(turn, index + 1, step);
    }
    const cancelled = this.cancelled.has(turn);
    const ending: Chunk['body'][] = cancelled
      ? [{ kind: 'system', label: 'cancelled', text: 'Cancelled' }]
      : fail
        ? [{ kind: 'error', ...fail }]
        : [];
    stream.append({
      type: 'turn.settled',
      turn,
      status: cancelled ? 'cancelled' : fail ? 'failed' : 'completed',
      code: cancelled ? 'turn_cancelled' : (fail?.code ?? null),
      durationMs: Date.now() - began,
      chunks: ending.map((body) => stream.chunk(turn, steps.length, 9_000, body)),
    });
  }

  private async step(turn: number, step: number, { thinking, text, calls = [] }: Step): Promise<void> {
    const { stream, pace } = this;
    const startedAt = new Date().toISOString();
    const label = 'offline (built in)';
    const place = { turn, step, fence: 1 };
    stream.append({ type: 'step.started', ...place, model: label });
    await pause(pace * 12);
    const bodies: Chunk['body'][] = [
      ...(thinking ? [{ kind: 'thinking' as const, text: thinking }] : []),
      ...(text ? [{ kind: 'text' as const, role: 'assistant' as const, text }] : []),
      ...calls.map((call, at) => ({
        kind: 'tool_call' as const,
        callId: `c${turn}-${step}-${at}`,
        tool: call.tool,
        arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
      })),
    ];
    for (const [ordinal, body] of bodies.entries()) {
      if (body.kind !== 'text' && body.kind !== 'thinking' && body.kind !== 'tool_call') continue;
      const tool = body.kind === 'tool_call' ? { tool: body.tool } : {};
      for (const piece of pieces(body.kind === 'tool_call' ? body.arguments : body.text, pace === 0 ? 4000 : 14)) {
        if (this.cancelled.has(turn)) return;
        stream.append({ type: 'delta', ...place, parts: [{ ordinal, kind: body.kind, text: piece, ...tool }] });
        await pause(pace);
      }
    }
    const output = bodies.reduce((sum, body) => sum + Math.ceil(JSON.stringify(body).length / 4), 0);
    const usage: Usage = {
      input: this.input,
      output,
      cacheRead: this.cached(turn, step),
      cacheWrite: 0,
      reasoning: thinking ? Math.ceil(thinking.length / 4) : 0,
      cost: this.input * 0.0000004 + output * 0.0000012,
    };
    this.input += output + 400;
    const chunks = bodies.map((body, ordinal) => stream.chunk(turn, step, ordinal, body));
    const used = stream.chunk(turn, step, 9_999, { kind: 'usage', model: label, usage });
    stream.append({ type: 'step.sealed', turn, step, chunks: [...chunks, used] });
    this.span({
      turn,
      step,
      call: null,
      kind: 'model',
      name: label,
      startedAt,
      attributes: { usage, timeToFirstTokenMs: pace * 12, segments: segmentsOf(usage), ...this.prefix(turn, step) },
    });
    for (const [call, scripted] of calls.entries()) {
      if (this.cancelled.has(turn)) return;
      await this.call(turn, step, call, scripted);
    }
  }

  private async call(
    turn: number,
    step: number,
    call: number,
    scripted: NonNullable<Step['calls']>[number],
  ): Promise<void> {
    const { stream, pace } = this;
    const callId = `c${turn}-${step}-${call}`;
    const { tool, output = [], status = 'ok', diff, question } = scripted;
    let { result = 'done' } = scripted;
    const seal = (body: {
      status: 'ok' | 'error' | 'denied' | 'cancelled';
      text: string;
      durationMs: number;
      diff?: string;
    }): void =>
      stream.append({
        type: 'tool.sealed',
        turn,
        step,
        call,
        chunks: [stream.chunk(turn, step, resultOrdinal(call), { kind: 'tool_result', callId, tool, ...body })],
      });
    if (scripted.ask || question) {
      const answer = await this.ask(turn, step, call, tool, JSON.stringify(scripted.arguments), question);
      if (question) result = String((answer as { fields?: { answer?: unknown } }).fields?.answer ?? 'Declined');
      if (this.cancelled.has(turn))
        return seal({ status: 'cancelled', text: 'The turn was cancelled.', durationMs: 0 });
      if (answer.decision === 'deny') {
        return seal({
          status: 'denied',
          text: `A person denied this call.${answer.note ? ` They say: ${answer.note}` : ''}`,
          durationMs: 0,
        });
      }
    }
    const startedAt = new Date().toISOString();
    stream.append({ type: 'tool.started', turn, step, call, fence: 1, callId, tool });
    for (const text of output) {
      await pause(pace * 8);
      if (this.cancelled.has(turn))
        return seal({
          status: 'cancelled',
          text: 'Ended by the user.',
          durationMs: Date.now() - Date.parse(startedAt),
        });
      stream.append({ type: 'tool.output', turn, step, call, fence: 1, callId, text });
    }
    await pause(pace * 6);
    seal({
      status,
      text: output.join('') + result,
      durationMs: Date.now() - Date.parse(startedAt),
      ...(diff === undefined ? {} : { diff }),
    });
    this.span({ turn, step, call, kind: 'tool', name: tool, startedAt, attributes: {} });
  }

  private ask(
    turn: number,
    step: number,
    call: number,
    tool: string,
    text: string,
    question?: AskedQuestion,
  ): Promise<ApprovalAnswer> {
    const { stream } = this;
    const id = callKey(stream.session.id, turn, step, call);
    const approval: Approval = {
      id,
      sessionId: stream.session.id,
      turn,
      step,
      call,
      tool,
      arguments: text,
      argumentsHash: '0'.repeat(64),
      status: 'pending',
      decision: null,
      note: null,
      answeredBy: null,
      askedAt: new Date().toISOString(),
      answeredAt: null,
      ...(question ? { question } : {}),
    };
    return new Promise((resolve) => {
      this.waiting.set(id, { resolve, approval });
      stream.append({ type: 'approval.asked', approval });
    });
  }

  answer(id: string, answer: ApprovalAnswer): Approval | undefined {
    const waiting = this.waiting.get(id);
    if (!waiting) return undefined;
    this.waiting.delete(id);
    const approval: Approval = {
      ...waiting.approval,
      status: 'answered',
      decision: answer.decision,
      note: answer.note ?? null,
      answeredBy: 'console',
      answeredAt: new Date().toISOString(),
    };
    this.stream.append({ type: 'approval.answered', approval });
    waiting.resolve(answer);
    return approval;
  }

  /** The first request of all is not cached; a pruned one is read again from where it differs. */
  private cached(turn: number, step: number): number {
    if (turn === 1 && step === 1) return 0;
    return Math.floor(this.input * (turn % 4 === 2 && step === 1 ? 0.45 : 0.86));
  }

  private prefix(turn: number, step: number): Record<string, unknown> {
    if (turn % 4 !== 2 || step !== 1) return {};
    const broken = { part: 'message', message: 1, chunk: null, reason: 'prune', declared: true, reread: 1420 };
    return { prefix: { head: 'a', last: 'b', previous: 'c', extends: false, break: broken } };
  }

  /** The span of a request that took so long and ends after the one before it. */
  spend(turn: number, step: number, attempt: number, status: Span['status'], ms: number): void {
    const last = this.spans.at(-1);
    const begin = last?.turn === turn ? Date.parse(last.endedAt) : Date.now();
    const usage = { input: 2200, output: 180, cacheRead: 1800, cacheWrite: 0, reasoning: 0, cost: 0.0021 };
    this.spans.push({
      id: `${turn}/${step}/model/${attempt}`,
      turn,
      step,
      call: null,
      kind: 'model',
      name: this.stream.session.model,
      attempt,
      status,
      startedAt: new Date(begin).toISOString(),
      endedAt: new Date(begin + ms).toISOString(),
      attributes: status === 'ok' ? { usage, timeToFirstTokenMs: 420, segments: segmentsOf(usage) } : {},
    });
  }

  private span(span: Omit<Span, 'id' | 'attempt' | 'status' | 'endedAt'>): void {
    const { turn, step, call } = span;
    this.spans.push({
      ...span,
      id: `${turn}/${step}/${call}`,
      attempt: 1,
      status: 'ok',
      endedAt: new Date().toISOString(),
    });
  }
}
