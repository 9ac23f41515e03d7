import type { WireMessage, WireTool } from '../../contracts/request.ts';
import type { ScriptedReply } from './scripted-reply.ts';

export type ScriptedRequest = { model: string; messages: WireMessage[]; tools?: WireTool[]; stream?: boolean };

type Expectation =
  | ((request: ScriptedRequest) => void)
  | {
      /** Of the last message. A string must be contained in its content. */
      last?: { role?: WireMessage['role']; content?: string | RegExp; toolCallId?: string };
      /** Names of the tools offered, all of them, in their order. */
      tools?: string[];
      /** How many messages, the system prompt included. */
      messages?: number;
    };

export type ScriptedStep = {
  /** A function throws when the request is not right. */
  expect?: Expectation;
  reply?: ScriptedReply;
  /** Answers with this error instead. */
  status?: number;
  headers?: Record<string, string>;
  /** The body of an error. */
  error?: unknown;
  /** Waits after so many pieces until the test opens the gate; 0: before anything is sent, headers included. */
  pauseAfter?: { pieces: number; gate: string };
  /** Breaks the connection after so many pieces. */
  cutAfter?: number;
  /** How often this very request must come, byte for byte. Default 1. */
  times?: number | { min: number; max: number };
};

const timesOf = ({ times = 1 }: ScriptedStep): { min: number; max: number } =>
  typeof times === 'number' ? { min: times, max: times } : times;

const contains = (content: string | null, wanted: string | RegExp): boolean =>
  typeof wanted === 'string' ? (content ?? '').includes(wanted) : wanted.test(content ?? '');

/** What is not as expected; null when all is. */
const mismatch = (expectation: Expectation | undefined, request: ScriptedRequest): string | null => {
  if (typeof expectation === 'function') {
    try {
      expectation(request);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  const { last, tools, messages } = expectation ?? {};
  const message = request.messages.at(-1);
  const offered = (request.tools ?? []).map(({ function: { name } }) => name).join();
  if (messages !== undefined && request.messages.length !== messages)
    return `${messages} messages expected, not ${request.messages.length}`;
  if (tools && offered !== tools.join()) return `tools ${tools.join()} expected, not ${offered}`;
  if (last?.role && message?.role !== last.role)
    return `last message of role ${last.role} expected, not ${message?.role}`;
  if (last?.content !== undefined && !contains(message?.content ?? null, last.content))
    return `last message with ${last.content} expected, not ${JSON.stringify(message?.content)}`;
  if (last?.toolCallId && !(message?.role === 'tool' && message.tool_call_id === last.toolCallId))
    return `the result of call ${last.toolCallId} expected, not ${JSON.stringify(message)}`;
  return null;
};

/** The script of one conversation. `next` gives the step for a request or says why there is none. */
export const createScript = (key: string) => {
  const steps: ScriptedStep[] = [];
  let at = 0;
  let served = 0;
  let servedRaw = '';
  const named = (index: number): string => `step ${index + 1} of the script "${key}"`;

  const next = (request: ScriptedRequest, raw: string): ScriptedStep | string => {
    const current = steps[at];
    if (current && served > 0) {
      const { min, max } = timesOf(current);
      if (served < max && raw === servedRaw) {
        served += 1;
        return current;
      }
      if (served < min)
        return `${named(at)} expects the same request ${min} times; a different one came after ${served}`;
      at += 1;
      served = 0;
    }
    const step = steps[at];
    if (!step) return `The script "${key}" has ${steps.length} steps; one more request came`;
    const fault = mismatch(step.expect, request);
    if (fault) return `${named(at)}: ${fault}`;
    served = 1;
    servedRaw = raw;
    return step;
  };

  const unused = (): string[] =>
    steps.flatMap((step, index) => {
      const count = index < at ? Number.POSITIVE_INFINITY : index === at ? served : 0;
      const { min } = timesOf(step);
      return count < min ? [`${named(index)} was asked for ${count} of ${min} times`] : [];
    });

  return { add: (more: readonly ScriptedStep[]): number => steps.push(...more), next, unused };
};
