import { noChanges } from '../../activities/changes/no-changes.ts';
import { openUnconfined } from '../../activities/tools/confine/tracked.ts';
import { toolDefinitions } from '../../activities/tools/registry.ts';
import { createSubmitResult } from '../../activities/tools/submit-result.ts';
import type { Tool } from '../../activities/tools/tool.ts';
import type { Agent, Step } from '../../contracts/flow.ts';
import { judge } from '../../contracts/trigger.ts';
import { type Definitions, openDefinitions } from '../../definitions/definitions.ts';
import { openSandbox } from '../../sandbox/sandbox.ts';

type Result = { status: 'completed' | 'skipped' | 'excluded'; output: unknown };
type Message = { content: string | null; tool_calls?: { id: string; function: { name: string; arguments: string } }[] };
type Call = { tool: string; args: Record<string, unknown>; text: string };

const maxSteps = 12;

export type PlayerOptions = {
  /** Of the model's server. */
  url: string;
  workspace: string;
  tools: readonly Tool[];
  definitions?: Definitions;
};

/** Plays agents, and whole flows step by step, without Temporal: real tools, a model over HTTP, real evaluation. */
export const createPlayer = ({
  url,
  workspace,
  tools,
  definitions = openDefinitions({ project: workspace, home: workspace }),
}: PlayerOptions) => {
  const sandbox = openSandbox();
  const env = { PATH: process.env.PATH ?? '' };
  const context = {
    workspace,
    dataFolders: [],
    signal: AbortSignal.timeout(120_000),
    sessionId: 's',
    turn: 1,
    idempotencyKey: 'k',
    onOutput: () => undefined,
    env,
    confinement: openUnconfined(null),
    commandSeconds: 10,
    changes: noChanges,
  };

  const ask = async (messages: readonly object[], offered: readonly Tool[]): Promise<Message> => {
    const body = JSON.stringify({ model: 'offline', messages, tools: toolDefinitions(offered) });
    const response = await fetch(`${url}/chat/completions`, { method: 'POST', body });
    return ((await response.json()) as { choices: { message: Message }[] }).choices[0]?.message ?? { content: null };
  };

  /** The result that the agent handed in, and what it did before. */
  const playAgent = async (agent: Agent, prompt: string, schema: Record<string, unknown>) => {
    const own = tools.filter(({ name }) => agent.tools?.includes(name) ?? true);
    const offered = [...own, createSubmitResult(schema)];
    const messages: object[] = [
      { role: 'system', content: agent.prompt },
      { role: 'user', content: prompt },
    ];
    const calls: Call[] = [];
    for (let step = 0; step < maxSteps; step += 1) {
      const message = await ask(messages, offered);
      messages.push({ role: 'assistant', ...message });
      for (const {
        id,
        function: { name, arguments: written },
      } of message.tool_calls ?? []) {
        const args = JSON.parse(written) as Record<string, unknown>;
        const tool = offered.find((each) => each.name === name);
        const result = (await tool?.run(args, context)) ?? { status: 'error', text: `There is no tool ${name}` };
        calls.push({ tool: name, args, text: result.text });
        messages.push({ role: 'tool', tool_call_id: id, content: result.text });
        if (tool?.endsTurn && result.status === 'ok')
          return { result: args.result, text: message.content ?? '', calls };
      }
      if (!message.tool_calls?.length) return { result: undefined, text: message.content ?? '', calls };
    }
    throw new Error(`The agent ${agent.name} did not end in ${maxSteps} steps`);
  };

  const evaluate = (kind: 'expression' | 'template' | 'code', source: string, scope: Record<string, unknown>) =>
    sandbox.evaluate({ kind, source, scope, label: source.slice(0, 60) });

  const askAgent = async (
    step: Extract<Step, { kind: 'agent' | 'map' }>,
    scope: Record<string, unknown>,
  ): Promise<unknown> => {
    const prompt = String(await evaluate('template', step.prompt ?? '', scope));
    const { result, text } = await playAgent(
      definitions.agent(step.agent ?? 'default').definition,
      prompt,
      step.schema ?? {},
    );
    if (result === undefined) throw new Error(`The agent of ${step.id} handed in nothing: ${text}`);
    return result;
  };

  const playStep = async (step: Step, scope: Record<string, unknown>): Promise<unknown> => {
    if (step.kind === 'agent') return askAgent(step, scope);
    if (step.kind === 'code') return evaluate('code', step.code, scope);
    if (step.kind === 'switch') {
      for (const [index, { when }] of step.cases.entries()) if (await evaluate('expression', when, scope)) return index;
      return -1;
    }
    if (step.kind !== 'map') throw new Error(`Steps of kind ${step.kind} are not played`);
    const items = (await evaluate('expression', step.items, scope)) as unknown[];
    const outputs: unknown[] = [];
    for (const [index, item] of items.entries()) outputs.push(await askAgent(step, { ...scope, item, index }));
    return outputs;
  };

  /** The steps in the order of the file, one after the other: each must stand behind what it needs. */
  const playFlow = async (name: string, input: Record<string, unknown>) => {
    const flow = definitions.flow(name).definition;
    const results: Record<string, Result> = {};
    const scope = { input, results };
    const excluded = new Set<string>();
    for (const step of flow.steps) {
      const verdict = judge(
        step.trigger,
        step.needs.map((need) => results[need]?.status ?? 'pending'),
      );
      const isWanted =
        verdict === 'run' && (step.when === undefined || (await evaluate('expression', step.when, scope)));
      if (excluded.has(step.id) || verdict === 'exclude') results[step.id] = { status: 'excluded', output: null };
      else if (!isWanted) results[step.id] = { status: 'skipped', output: null };
      else results[step.id] = { status: 'completed', output: await playStep(step, scope) };
      if (step.kind !== 'switch') continue;
      const branches = [...step.cases.map(({ steps }) => steps), step.default ?? []];
      const taken = branches.at(results[step.id]?.output as number);
      for (const other of branches) if (other !== taken) for (const id of other) excluded.add(id);
    }
    const report = flow.report === undefined ? '' : String(await evaluate('template', flow.report, scope));
    const output = flow.output === undefined ? null : await evaluate('expression', flow.output, scope);
    return { report, output, results };
  };

  return { playAgent, playFlow, definitions, close: () => sandbox.close() };
};
