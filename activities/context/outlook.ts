import type { PlacedChunk } from '../../contracts/chunks.ts';
import type { Predicted } from '../../contracts/context/epoch.ts';
import { type Counted, rateOf } from '../../contracts/context/measure.ts';
import { type Plan, planContext } from '../../contracts/context/plan.ts';
import { project } from '../../contracts/context/project.ts';
import type { ContextSettings } from '../../contracts/context/settings.ts';
import type { Price } from '../../contracts/price.ts';
import type { WireMessage, WireTool } from '../../contracts/request.ts';
import type { StepContext } from '../../store/requests.ts';
import type { ModelClient } from '../model/client.ts';
import { messagesFor } from '../model/messages-for.ts';
import { missPrice } from '../model/miss-price.ts';
import { measure } from '../model/note-request.ts';
import { toolDefinitions } from '../tools/registry.ts';
import type { SessionAgent } from '../turn/agent.ts';
import type { Move } from '../turn/guards/decide.ts';
import { saidBefore } from '../turn/guards/said.ts';
import type { Windows } from './windows.ts';

/** What a request of a step would be, and what is to be done before it is sent. */
export type Outlook = {
  /** Without what the step itself says. */
  sent: readonly PlacedChunk[];
  /** Of `sent` and of what the step itself says, for this model. */
  messages: readonly WireMessage[];
  units: number;
  /** Tokens for one unit. */
  rate: number;
  window: number | null;
  plan: Plan;
  /** The request if these chunks were sent, and its length in units. */
  requestOf(chunks: readonly PlacedChunk[]): { messages: readonly WireMessage[]; units: number };
};

export type Looking = {
  context: StepContext;
  agent: SessionAgent;
  at: { turn: number; step: number };
  move: Extract<Move, { kind: 'ask' }>;
  model: ModelClient;
};

/** Counted by the provider: by its last answer, or by a refusal of this step that names a number. */
const countedOf = ({ previous, failures }: StepContext, step: number): Counted | null => {
  const refusal = failures.findLast((failure) => failure.step === step && failure.overflow?.asked)?.overflow;
  if (refusal?.asked) return { units: refusal.units, tokens: refusal.asked };
  if (!previous?.units || !previous.usage || previous.usage.isEstimated) return null;
  return { units: previous.units, tokens: previous.usage.input };
};

const refusedOf = ({ failures }: StepContext, step: number, model: string): number | null => {
  const refused = failures.flatMap((failure) =>
    failure.step === step && failure.model === model && failure.overflow ? [failure.overflow.units] : [],
  );
  return refused.length > 0 ? Math.min(...refused) : null;
};

/** Occupancy is projected before each request: the length of its bytes, corrected by what the provider counted last. */
export const lookAhead = async (
  { context, agent, at, move, model }: Looking,
  { settings, windows }: { settings: ContextSettings; windows: Windows },
): Promise<Outlook> => {
  const tools: WireTool[] = toolDefinitions(move.offersTools ? agent.tools : []);
  const said = saidBefore({ transcript: context.transcript, at, move });
  const requestOf: Outlook['requestOf'] = (chunks) => {
    const messages = messagesFor(model, agent.system, [...chunks, ...said]);
    return { messages, units: measure(model.encode({ messages, tools, effort: context.definition?.effort })) };
  };
  const sent = project(context.transcript, context.epochs);
  const { messages, units } = requestOf(sent);
  const counted = countedOf(context, at.step);
  const rate = rateOf(counted);
  const window = await windows.of(model, counted?.tokens ?? 0);
  const refused = refusedOf(context, at.step, model.name);
  const plan = planContext({
    sent,
    units,
    rate,
    window,
    settings,
    reply: model.maxReply,
    at,
    epochs: context.epochs,
    refused,
  });
  return { sent, messages, units, rate, window, plan, requestOf };
};

/** What an epoch does to the next request: `after` is made from the same transcript. */
export const predict = (
  { units, rate, sent, requestOf }: Pick<Outlook, 'units' | 'rate' | 'sent' | 'requestOf'>,
  after: readonly PlacedChunk[],
  price: Price | undefined,
): Predicted => {
  const first = after.findIndex((chunk, index) => {
    const before = sent[index];
    return before?.seq !== chunk.seq || JSON.stringify(before?.body) !== JSON.stringify(chunk.body);
  });
  const shared = first < 0 ? after : after.slice(0, first);
  const tokens = (value: number): number => Math.round(value * rate);
  const length = requestOf(after).units;
  const reread = tokens(Math.max(0, length - requestOf(shared).units));
  const missed = missPrice(price, tokens(length));
  return {
    before: tokens(units),
    after: tokens(length),
    reread,
    cost: missed === null ? null : (reread * missed) / 1_000_000,
  };
};
