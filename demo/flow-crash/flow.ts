import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ScriptedModel } from '../../test/support/scripted-model.ts';
import { wordsUpTo } from '../crash/plan.ts';
import type { Project } from '../support/project.ts';

export const flowName = 'crash-demo';
export const itemCount = 20;

/** Agents at once, as the flow declares it. */
export const limits = { pair: 2, research: 4 } as const;
export type Limited = keyof typeof limits;

const pairAgents = ['alpha', 'beta', 'gamma', 'delta'] as const;

/** Each agent's prompt begins with this: the model answers by it, and its requests are found by it. */
export const agentKey = (run: string, name: string): string => `[${run}/${name}]`;
const keyed = (name: string): string => `[\${input.key}/${name}]`;

/** The agents that share a limit. */
export const membersOf: Record<Limited, string[]> = {
  pair: [...pairAgents],
  research: Array.from({ length: itemCount }, (_, index) => `research ${index}`),
};
const lastAgent = 'summary';
export const approvalStep = 'publish';
export const agents: string[] = ['survey', ...membersOf.pair, ...membersOf.research, lastAgent];

/** Every agent looks at the folder first, and then answers. */
const requestsEach = 2;
/** Distinct requests of an undisturbed run. */
export const requestCount = agents.length * requestsEach;
/** Those before the code map and the approval. */
export const requestsBeforeApproval = requestCount - requestsEach;

const member = (name: string): string =>
  `  - { id: ${name}, kind: agent, batch: pair, needs: [topics], prompt: "${keyed(name)} Look, then say what ${name} is." }`;

/** A switch with a branch that is taken and one that is not, a batch group, a map of agents, a map of code, an approval. */
const source = `name: ${flowName}
description: Everything that runs children, for the crash demonstration
inputs: { type: object, properties: { key: { type: string } }, required: [key] }
batches:
  pair: { maxConcurrent: ${limits.pair}, join: all }
steps:
  - id: topics
    kind: code
    code: 'return Array.from({ length: ${itemCount} }, (_, place) => "topic " + place)'
  - id: depth
    kind: switch
    needs: [topics]
    cases:
      - { when: 'results.topics.output.length > 10', steps: [survey] }
    default: [glance]
  - { id: survey, kind: agent, prompt: "${keyed('survey')} Look, then survey the topics." }
  - { id: outline, kind: code, needs: [survey], code: 'return results.survey.output.length' }
  - { id: glance, kind: agent, prompt: "${keyed('glance')} Nobody asks this." }
  - { id: remark, kind: code, needs: [glance], code: 'return results.glance.output' }
${pairAgents.map(member).join('\n')}
  - { id: dates, kind: code, batch: pair, needs: [topics], code: 'return results.topics.output.length * 2' }
  - { id: places, kind: code, batch: pair, needs: [topics], code: 'return results.topics.output.map((topic) => topic.length)' }
  - id: research
    kind: map
    needs: [topics, pair, outline, remark]
    trigger: none_failed
    items: results.topics.output
    maxConcurrent: ${limits.research}
    prompt: "[\${input.key}/research \${index}] Look, then tell of \${item}."
  - id: score
    kind: map
    needs: [research]
    items: results.research.output
    maxConcurrent: 5
    code: 'return { index, words: item.split(" ").length, last: item.split(" ").at(-1) }'
  - { id: ${approvalStep}, kind: approval, needs: [score], prompt: 'Publish \${results.score.output.length} results?' }
  - { id: ${lastAgent}, kind: agent, needs: [${approvalStep}], prompt: "${keyed(lastAgent)} Look, then sum up." }
  - { id: page, kind: code, needs: [${lastAgent}], code: 'return results.${lastAgent}.output.split(" ").length' }
output: |
  { outline: results.outline.output, pair: [${pairAgents.map((name) => `results.${name}.output`).join(', ')}, results.dates.output, results.places.output],
    research: results.research.output, scores: results.score.output, decision: results.${approvalStep}.output.decision,
    summary: results.${lastAgent}.output, words: results.page.output }
report: |
  # \${results.${lastAgent}.output}
  \${results.research.output.map((text, place) => (place + 1) + '. ' + text + ' (' + results.score.output[place].words + ' words)').join('\\n')}
`;

export const writeFlow = async ({ folder }: Project): Promise<void> => {
  const flows = path.join(folder, '.everturn', 'flows');
  await mkdir(flows, { recursive: true });
  await writeFile(path.join(flows, `${flowName}.yaml`), source);
};

/** A request that was cut off may come again; how often a finished one does is counted by the verdict. */
const anyTimes = { min: 1, max: 50 };

/** What the agents of a run answer. The default of the switch has no script: asking it is a fault. */
export const scriptAgents = (model: ScriptedModel, run: string): void => {
  for (const [place, name] of agents.entries()) {
    const isLast = name === lastAgent;
    const words = isLast ? 50 : 8 + ((place * 5) % 11);
    model.script(
      [
        { times: anyTimes, reply: { toolCalls: [{ name: 'list_files', arguments: {} }], chunkDelayMs: 40 } },
        { times: anyTimes, reply: { text: `${name}: ${wordsUpTo(words)}`, chunkDelayMs: 40 } },
      ],
      agentKey(run, name),
    );
  }
};
