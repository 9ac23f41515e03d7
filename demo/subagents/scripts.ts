import type { ScriptedModel, ScriptedStep } from '../../test/support/scripted-model.ts';
import type { Child, Parent } from './plan.ts';

/** A request that was cut off comes again. */
const anyTimes = { min: 0, max: 1000 };
/** Agents that wait for words can be killed, and take nothing from the machine. */
const chunkDelayMs = 250;
/** Turns that a parent may need beyond one for each of its children: one that was cut off by a person asks anew. */
const spareTurns = 30;

const sentence = (name: string, words: number): string =>
  `${name}: ${Array.from({ length: words }, (_, at) => `word${at}`).join(' ')}`;

export const resultOf = ({ key, words }: Child): string => sentence(key, words);

const stepsOf = (child: Child): ScriptedStep[] => {
  const look: ScriptedStep = {
    times: anyTimes,
    reply: { toolCalls: [{ name: 'list_files', arguments: {} }], chunkDelayMs },
  };
  if (child.fate.kind === 'completes') {
    return [look, { times: anyTimes, reply: { text: resultOf(child), chunkDelayMs } }];
  }
  if (child.fate.kind === 'fails') {
    return [look, { times: anyTimes, status: 400, error: { error: { message: `${child.key} is refused` } } }];
  }
  // Never ends by itself: what ends it is what it is told by.
  return [
    look,
    { times: anyTimes, reply: { text: resultOf(child), chunkDelayMs }, pauseAfter: { pieces: 5, gate: child.key } },
  ];
};

export const scriptRound = (model: ScriptedModel, parents: readonly Parent[]): void => {
  for (const { key, children } of parents) {
    const spawns = children.map((child) => ({
      name: 'spawn_subagent',
      arguments: { prompt: `${child.key} Look, then tell.`, label: child.label },
    }));
    model.script(
      [
        { times: anyTimes, reply: { toolCalls: spawns, chunkDelayMs: 5 } },
        ...Array.from({ length: 1 + children.length + spareTurns }, () => ({
          times: anyTimes,
          reply: { text: sentence('Noted', 8), chunkDelayMs },
        })),
      ],
      key,
    );
    for (const child of children) model.script(stepsOf(child), child.key);
  }
};
