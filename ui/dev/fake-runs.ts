import type { z } from 'zod';
import { EverturnError } from '../../contracts/errors.ts';
import { checkForm } from '../../contracts/form.ts';
import type { FlowList, ScriptList } from '../../contracts/found.ts';
import { type Question, QuestionAnswer, type Rerun, type Run, StartRun } from '../../contracts/runs.ts';
import type { TrustState } from '../../contracts/trust.ts';
import { schemaFaults } from '../../sandbox/json-schema.ts';
import { fixtureFlows } from './flows.ts';
import { type Declared, RunStream } from './run-stream.ts';
import { currentSources, fixtureScripts } from './script-files.ts';

const plain: Declared = { steps: [{ id: 'plan' }, { id: 'write', needs: ['plan'] }] };

/** The runs of the fixture server, in memory. */
export class FakeRuns {
  readonly runs = new Map<string, RunStream>();
  readonly listeners = new Set<(runId: string) => void>();
  /** What was asked when runs were run again, for tests. */
  readonly reruns: { id: string; body: Rerun }[] = [];
  flows: FlowList = fixtureFlows;
  scripts: ScriptList = fixtureScripts;
  trust: TrustState;
  private readonly workspace: string;
  private ids = 0;

  constructor(workspace: string) {
    this.workspace = workspace;
    this.trust = { folder: workspace, trusted: true, by: null, hash: '', changed: [], grants: [], gone: [] };
  }

  create(fields: Partial<Run> = {}, declared: Declared = plain, input: unknown = {}): RunStream {
    this.ids += 1;
    const run: Run = {
      id: `r${this.ids}`,
      kind: 'flow',
      name: 'research-report',
      origin: 'project',
      file: `${this.workspace}/.everturn/flows/research-report.yaml`,
      workspace: this.workspace,
      allow: [],
      warnings: [],
      trigger: 'manual',
      parentRun: null,
      rerunOf: null,
      fromStep: null,
      budget: null,
      status: 'running',
      waiting: false,
      paused: false,
      queued: false,
      code: null,
      reason: null,
      createdAt: new Date().toISOString(),
      endedAt: null,
      ...fields,
    };
    const stream = new RunStream(run, declared, input);
    this.runs.set(run.id, stream);
    // Lists need no wake-up for each of 10,000 items.
    stream.listeners.add(({ event }) => {
      if (event.type !== 'node.changed' || event.node.index === null) this.changed(run.id);
    });
    this.changed(run.id);
    return stream;
  }

  private changed(id: string): void {
    for (const listener of this.listeners) listener(id);
  }

  run(id: string): RunStream {
    const run = this.runs.get(id);
    if (!run)
      throw new EverturnError('run_not_found', `Cannot read run ${id}: there is none. List them with: everturn runs`);
    return run;
  }

  active(id: string, action: string): RunStream {
    const run = this.run(id);
    if (run.view.run.status === 'running') return run;
    throw new EverturnError('run_ended', `Cannot ${action} run ${id}: it has ended as ${run.view.run.status}`);
  }

  start(body: unknown): Run {
    const started = StartRun.parse(body);
    if (!('flow' in started)) return this.startScript(started);
    const { flow, input, allow, workspace } = started;
    const found = this.flows.flows.find(({ name }) => name === flow);
    if (!found) throw new EverturnError('flow_not_found', `Cannot start ${flow}: there is no such flow`);
    const faults = found.inputs ? schemaFaults(found.inputs, input, 'input') : [];
    if (faults.length > 0) {
      throw new EverturnError('input_invalid', `Cannot start ${flow}: its input does not fit (${faults.join('; ')})`, {
        details: { faults },
      });
    }
    const stream = this.create({ name: flow, allow, ...(workspace ? { workspace } : {}) }, plain, input);
    stream.node('plan', 'running');
    return stream.view.run;
  }

  rerun(id: string, body: Rerun): Run {
    const { run, steps } = this.run(id).view;
    if (run.status === 'running') {
      throw new EverturnError('run_active', `Cannot re-run ${id}: it has not ended. Cancel it first`);
    }
    this.reruns.push({ id, body });
    const { script } = this.run(id).view;
    if (script) return this.rerunScript(this.run(id), body);
    const stream = this.create(
      { name: run.name, rerunOf: id, fromStep: body.from ?? null },
      { steps },
      body.input ?? {},
    );
    const [first] = steps;
    if (first) stream.node(first.id, 'running');
    return stream.view.run;
  }

  private startScript({ script, args, budget, allow }: Extract<z.output<typeof StartRun>, { script: string }>): Run {
    const found = this.scripts.scripts.find(({ name }) => name === script);
    if (!found?.meta) throw new EverturnError('script_not_found', `Cannot start ${script}: there is no such script`);
    if (args === undefined) {
      throw new EverturnError(
        'input_invalid',
        `Cannot start ${script}: it takes a question, and was given no arguments`,
      );
    }
    const stream = this.create(
      { kind: 'script', name: script, file: found.file, allow, budget: budget ?? null },
      { steps: [], script: { meta: found.meta, source: currentSources[script] ?? '' } },
      args,
    );
    stream.say('phase', found.meta.phases[0]?.title ?? 'Begin');
    stream.call('c1', 'running', { label: 'first', phase: found.meta.phases[0]?.title ?? null });
    return stream.view.run;
  }

  /** Agents that completed are used again, but those asked for afresh. */
  private rerunScript({ view, source, input }: RunStream, body: Rerun): Run {
    const { run, script, nodes } = view;
    const { file, budget } = run;
    const stream = this.create(
      { kind: 'script', name: run.name, file, rerunOf: run.id, budget: body.budget ?? budget },
      { steps: [], ...(script ? { script: { meta: script.meta, source } } : {}) },
      body.args ?? input,
    );
    for (const { step, kind, label, phase, status } of Object.values(nodes)) {
      const isForced = label !== null && body.freshAgents?.includes(label);
      if (status === 'completed' && !isForced && !body.fresh) {
        stream.call(step, 'completed', { kind, label, phase, reusedFrom: run.id });
      } else {
        stream.call(step, 'running', {
          kind,
          label,
          phase,
          freshBecause: isForced ? 'it was asked to run afresh' : null,
        });
      }
    }
    return stream.view.run;
  }

  questions(): Question[] {
    return [...this.runs.values()].flatMap(({ view }) => view.questions);
  }

  /** Undefined: nobody was asked by this id. */
  answer(id: string, body: unknown): Question | undefined {
    const asked = this.questions().find((question) => question.id === id);
    if (!asked) return undefined;
    const { decision, note = null, fields = {} } = QuestionAnswer.parse(body);
    const answered: Question = {
      ...asked,
      status: 'answered',
      decision,
      note,
      fields: checkForm(asked, decision, fields),
      answeredBy: 'console',
      answeredAt: new Date().toISOString(),
    };
    const run = this.run(asked.runId);
    run.append({ type: 'question.changed', question: answered });
    if (decision === 'approve') run.node(asked.step, 'completed');
    else run.node(asked.step, 'failed', { code: 'approval_denied', reason: 'Denied by console' });
    return answered;
  }
}
