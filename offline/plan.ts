import { answerOrders, answerQuestion, introduce, quoteEnd } from './answer.ts';
import { toBrief } from './brief.ts';
import { handIn } from './hand-in.ts';
import { inquire } from './inquiry.ts';
import { type Order, ordersIn } from './orders.ts';
import type { ChatRequest } from './request.ts';
import { callOf, type Move, say, type Task, toTask } from './task.ts';
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

/** The next move, from nothing but the request: the same request gives the same move. */
export const nextMove = (request: Pick<ChatRequest, 'messages' | 'tools'>): Move => {
  const brief = toBrief(request);
  return brief ? handIn(brief) : answer(toTask(request));
};
