import { submitResultName } from '../contracts/tools.ts';
import { answerOrders, answerQuestion, introduce, quoteEnd } from './answer.ts';
import { type Brief, toBrief } from './brief.ts';
import { fillResult } from './fill.ts';
import { inquire } from './inquiry.ts';
import { type Order, ordersIn } from './orders.ts';
import { shorten } from './results.ts';
import { roleOf } from './roles.ts';
import { type ChatRequest, callOf, look, type Move, say, type Task, toTask } from './task.ts';
import { isGreeting } from './wording.ts';

/** Carries out each order once, in turn, whatever became of the one before it. */
const carryOut = (task: Task, orders: readonly Order[]): Move => {
  const possible = orders.filter(({ tool }) => task.tools.has(tool));
  const ordered = new Set(possible.map(({ tool }) => tool));
  const next = possible[task.done.filter(({ tool }) => ordered.has(tool)).length];
  if (!next) return say('I report the results.', answerOrders(task, orders));
  return { thinking: `I was asked to ${next.saying}.`, text: '', calls: callOf(task, next.tool, next.args) };
};

const answer = (task: Task): Move => {
  const ended = quoteEnd(task.question);
  if (ended !== null) return say('A background agent has ended.', ended);
  const orders = ordersIn(task);
  if (orders.length > 0) return carryOut(task, orders);
  if (task.tools.size === 0 || isGreeting(task.question)) return say('There is nothing to look up.', introduce(task));
  return inquire(task) ?? say('I have what I can find: I quote it.', answerQuestion(task));
};

const maxTries = 3;

/** The next move towards a result in the form of the schema: what to look up, then the call that hands it in. */
const handIn = (brief: Brief): Move => {
  const refusal = brief.refused.at(-1);
  if (refusal !== undefined && brief.refused.length >= maxTries) {
    return say('It was refused each time.', `I cannot fill in this schema. The last refusal: ${shorten(refusal, 400)}`);
  }
  const role = roleOf(brief);
  const lookUp = brief.done.length > 0 ? null : look('I look up what the task names.', role.calls?.(brief) ?? []);
  if (lookUp) return lookUp;
  const { found, summary } = role.conclude(brief);
  const failed = brief.done.find(({ result }) => result.startsWith('Cannot '));
  const complaint = failed && refusal === undefined ? ` ${failed.tool} said: ${shorten(failed.result, 300)}` : '';
  const move = say('I hand in what I found.', summary + complaint);
  // After two refusals the evidence itself may be what does not fit.
  const evidence = { found: brief.refused.length > 1 ? [] : found, summary: move.text };
  return { ...move, calls: [{ tool: submitResultName, args: { result: fillResult(brief.schema, evidence) } }] };
};

/** The next move, from nothing but the request: the same request gives the same move. */
export const nextMove = (request: Pick<ChatRequest, 'messages' | 'tools'>): Move => {
  const brief = toBrief(request);
  return brief ? handIn(brief) : answer(toTask(request));
};
