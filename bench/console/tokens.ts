import type { DevServer } from '../../ui/dev/server.ts';

export const tokensPerSecond = 200;
/** As the worker writes them: what a model said within a tick comes together. */
const tickMs = 30;
const tokensOfTurn = 4_000;

const now = (): number => performance.timeOrigin + performance.now();

/** One token; its number finds it again on the screen. A block of code has 20 of 400. */
const textOf = (token: number): string => {
  if (token % 400 === 200) return '\n\n```\n';
  if (token % 400 === 220) return '\n```\n\n';
  if (token % 80 === 0) return '\n\n- ';
  return `t${token} `;
};

export type Tokens = {
  /** When each token came into being, by its number from 1. */
  madeAt: readonly number[];
  /** Ends after its current turn. */
  stop(): Promise<void>;
};

/** A session in which a model says 200 tokens a second, turn after turn. */
export const streamTokens = ({ fakeSessions }: DevServer, sessionId: string): Tokens => {
  const { stream } = fakeSessions.entry(sessionId);
  const madeAt: number[] = [];
  const begin = now();
  let turn = 0;
  let text = '';
  let isStopping = false;
  let ended: () => void = () => {};
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });

  const beginTurn = (): void => {
    turn += 1;
    text = '';
    const user = stream.chunk(turn, 0, 0, { kind: 'text', role: 'user', text: `Question ${turn}` });
    const startedAt = new Date().toISOString();
    stream.append({ type: 'turn.started', turn, messageId: `m${turn}`, startedAt, chunks: [user] });
    stream.append({ type: 'step.started', turn, step: 1, fence: 1, model: 'a-model' });
  };

  const endTurn = (): void => {
    const reply = stream.chunk(turn, 1, 0, { kind: 'text', role: 'assistant', text });
    stream.append({ type: 'step.sealed', turn, step: 1, chunks: [reply] });
    stream.append({ type: 'turn.settled', turn, status: 'completed', code: null, durationMs: 20_000, chunks: [] });
  };

  beginTurn();
  const timer = setInterval(() => {
    const due = Math.floor(((now() - begin) * tokensPerSecond) / 1_000);
    let said = '';
    while (madeAt.length < due) {
      const token = madeAt.length + 1;
      madeAt.push(begin + (token * 1_000) / tokensPerSecond);
      said += textOf(token);
      if (token % tokensOfTurn === 0) break;
    }
    if (said === '') return;
    text += said;
    stream.append({ type: 'delta', turn, step: 1, fence: 1, parts: [{ ordinal: 0, kind: 'text', text: said }] });
    const isWhole = madeAt.length % tokensOfTurn === 0;
    if (isWhole || isStopping) endTurn();
    if (isStopping) {
      clearInterval(timer);
      ended();
    } else if (isWhole) beginTurn();
  }, tickMs);

  return {
    madeAt,
    stop: () => {
      isStopping = true;
      return end;
    },
  };
};
