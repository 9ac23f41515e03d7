import { itemWorkflowId, stepWorkflowId } from '../../contracts/ids.ts';
import type { RunDetail } from '../../contracts/run-detail.ts';
import { hasEnded, reduceRun } from '../../contracts/run-view.ts';
import type {
  Artifact,
  DeclaredStep,
  NodeStatus,
  Question,
  Run,
  RunEvent,
  RunNode,
  RunStreamEvent,
  RunView,
} from '../../contracts/runs.ts';
import type { ScriptLine, ScriptMeta } from '../../contracts/script.ts';
import { addCost, noUsage, type UsageTotals } from '../../contracts/usage.ts';

const now = (): string => new Date().toISOString();

export type Declared = {
  steps: (Partial<DeclaredStep> & Pick<DeclaredStep, 'id'>)[];
  batches?: RunView['batches'];
  script?: { meta: ScriptMeta; source: string };
};

const stepOf = (step: Declared['steps'][number]): DeclaredStep => ({
  kind: 'agent',
  needs: [],
  trigger: 'all_success',
  batch: null,
  description: '',
  cases: [],
  default: [],
  ...step,
});

/** One run in memory: its events, the view of them, results, and who listens. What happens in it is told from outside. */
export class RunStream {
  readonly events: RunStreamEvent[] = [];
  readonly listeners = new Set<(event: RunStreamEvent) => void>();
  readonly items = new Map<string, RunNode[]>();
  readonly outputs = new Map<string, unknown>();
  readonly artifacts = new Map<string, string>();
  /** What calls of a script ask for. */
  readonly asked = new Map<string, unknown>();
  view: RunView;
  readonly source: string;
  input: unknown;
  output: unknown = null;

  constructor(run: Run, { steps, batches = [], script }: Declared, input: unknown) {
    this.source = script?.source ?? '';
    this.input = input;
    this.view = {
      run,
      position: 0,
      steps: steps.map(stepOf),
      batches,
      nodes: {},
      items: {},
      questions: [],
      artifacts: [],
      usage: noUsage,
      script: script ? { meta: script.meta, lines: [] } : null,
    };
  }

  append(event: RunEvent): void {
    const next: RunStreamEvent = { position: this.view.position + 1, at: now(), event };
    this.events.push(next);
    this.view = reduceRun(this.view, next);
    for (const listener of this.listeners) listener(next);
  }

  detail(): RunDetail {
    return { ...this.view, input: this.input, output: this.output };
  }

  /** A step as it now is; what is not given stays. */
  node(step: string, status: NodeStatus, patch: Partial<RunNode> = {}): void {
    const { kind = 'agent' } = this.view.steps.find(({ id }) => id === step) ?? {};
    const blank = { key: stepWorkflowId(this.view.run.id, step), step, index: null, kind };
    this.change(this.view.nodes[step] ?? blank, status, patch);
  }

  /** A call of a script as it now is; its place is that of its first mention. */
  call(id: string, status: NodeStatus, patch: Partial<RunNode> = {}): void {
    const ordinal = this.view.nodes[id]?.ordinal ?? Object.keys(this.view.nodes).length;
    const idle = status === 'pending' ? { attempt: 0, startedAt: null } : {};
    this.node(id, status, { ordinal, ...idle, ...patch });
  }

  say(kind: ScriptLine['kind'], text: string, at = now()): void {
    const n = (this.view.script?.lines.at(-1)?.n ?? 0) + 1;
    this.append({ type: 'script.lines', lines: [{ n, kind, text, at }] });
  }

  map(step: string, total: number, patch: Partial<RunNode> = {}): void {
    const list = Array.from(
      { length: total },
      (_, index): RunNode => ({
        ...this.blank,
        key: itemWorkflowId(this.view.run.id, step, index),
        step,
        index,
      }),
    );
    this.items.set(step, list);
    this.node(step, 'running', { total, ...patch });
  }

  item(step: string, index: number, status: NodeStatus, patch: Partial<RunNode> = {}): void {
    const list = this.items.get(step) ?? [];
    const before = list[index];
    if (!before) return;
    list[index] = this.change(before, status, patch);
  }

  private readonly blank = {
    kind: 'agent' as const,
    status: 'pending' as const,
    attempt: 0,
    total: null,
    chosen: null,
    reusedFrom: null,
    label: null,
    phase: null,
    ordinal: null,
    freshBecause: null,
    code: null,
    reason: null,
    sessionId: null,
    childRun: null,
    usage: null,
    startedAt: null,
    endedAt: null,
  };

  private change(
    before: Partial<RunNode> & Pick<RunNode, 'key' | 'step' | 'index'>,
    status: NodeStatus,
    patch: Partial<RunNode>,
  ): RunNode {
    const unrun = status === 'skipped' || status === 'excluded';
    const was = before.status ?? null;
    const node: RunNode = {
      ...this.blank,
      attempt: unrun ? 0 : 1,
      startedAt: unrun ? null : now(),
      ...Object.fromEntries(Object.entries(before).filter(([, value]) => value !== null && value !== 0)),
      key: before.key,
      step: before.step,
      index: before.index,
      status,
      endedAt: hasEnded(status) ? now() : null,
      ...patch,
    };
    if (node.usage) this.view = { ...this.view, usage: sum(this.view.usage, node.usage) };
    this.append({ type: 'node.changed', node, was });
    return node;
  }

  ask(step: string, question: Partial<Question> & Pick<Question, 'prompt'>): Question {
    const key = stepWorkflowId(this.view.run.id, step);
    const asked: Question = {
      id: `${key}#1`,
      runId: this.view.run.id,
      node: key,
      step,
      form: [],
      approvers: null,
      deadline: null,
      status: 'pending',
      decision: null,
      fields: null,
      note: null,
      answeredBy: null,
      askedAt: now(),
      answeredAt: null,
      ...question,
    };
    this.node(step, 'waiting');
    this.append({ type: 'question.changed', question: asked });
    return asked;
  }

  keep(name: string, text: string): void {
    this.artifacts.set(name, text);
    const file: Artifact = { name, mediaType: 'text/markdown', size: text.length, hash: '0'.repeat(64) };
    this.view = { ...this.view, artifacts: [...this.view.artifacts, file] };
  }

  settle(status: 'completed' | 'failed' | 'cancelled', code: string | null = null, reason: string | null = null): void {
    this.append({ type: 'run.settled', status, code, reason, endedAt: now() });
  }
}

const sum = (a: UsageTotals, b: UsageTotals): UsageTotals => ({
  ...noUsage,
  input: a.input + b.input,
  output: a.output + b.output,
  cacheRead: a.cacheRead + b.cacheRead,
  cacheWrite: a.cacheWrite + b.cacheWrite,
  reasoning: a.reasoning + b.reasoning,
  cost: addCost(a.cost, b.cost),
  requests: a.requests + b.requests,
});
