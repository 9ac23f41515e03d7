import type { TurnStatus, WhenBusy } from '../../contracts/events.ts';

/** What functions/mailbox.sql, turns.sql and operations.sql must do, said as plainly as possible: no locks, no indexes. */

export type ModelMessage = {
  id: string;
  text: string;
  whenBusy: WhenBusy;
  status: 'accepted' | 'delivered' | 'withdrawn';
  turn: number | null;
};

type ModelOperation = { state: 'open' | 'sealed' | 'abandoned'; fence: number; attempt: string };

export type ModelTurn = {
  turn: number;
  messageId: string;
  status: TurnStatus;
  isCancelling: boolean;
  /** Of its one step. */
  operation: ModelOperation | null;
};

const isWaiting = ({ status }: ModelMessage): boolean => status === 'accepted';

/** The rule of order: the newest message that interrupts, otherwise the oldest. `messages` are in order of acceptance. */
export const nextMessage = (messages: readonly ModelMessage[]): ModelMessage | undefined =>
  messages.findLast((message) => isWaiting(message) && message.whenBusy === 'interrupt') ?? messages.find(isWaiting);

export const createMailbox = (holder: 'none' | 'node' | 'subagent') => {
  const messages: ModelMessage[] = [];
  const turns: ModelTurn[] = [];
  let isHeld = holder !== 'none';
  let resultTurn: number | null = null;

  const running = (): ModelTurn | undefined => turns.find(({ status }) => status === 'running');
  const runningTurn = (): number | null => running()?.turn ?? null;

  const assign = (): number | null => {
    const message = running() ? undefined : nextMessage(messages);
    if (!message) return null;
    const turn = turns.length + 1;
    turns.push({ turn, messageId: message.id, status: 'running', isCancelling: false, operation: null });
    Object.assign(message, { status: 'delivered', turn });
    return turn;
  };

  /** The turn to start, for the process that ended `turn`. */
  const after = (turn: number): number | null => {
    const next = runningTurn();
    return next !== null && next > turn && !isHeld ? next : null;
  };

  const close = (one: ModelTurn, status: TurnStatus): void => {
    if (one.status !== 'running') return;
    one.status = status;
    if (one.operation?.state === 'open') one.operation.state = 'abandoned';
    if (!isHeld) assign();
  };

  const cancel = (): number | null => {
    const one = running();
    if (one) one.isCancelling = true;
    return one?.turn ?? null;
  };

  return {
    messages,
    turns,
    cancel,

    accept({ id, text, whenBusy }: Pick<ModelMessage, 'id' | 'text' | 'whenBusy'>) {
      const known = messages.find((message) => message.id === id);
      if (known && known.text !== text) return 'idempotency_mismatch';
      if (known) {
        const isToStart = known.turn !== null && known.turn === runningTurn() && !isHeld;
        return { turn: known.turn, starts: isToStart ? known.turn : null, cancels: null };
      }
      const isBusy = running() !== undefined || messages.some(isWaiting);
      if (whenBusy === 'reject' && isBusy) return 'session_busy';
      const message: ModelMessage = { id, text, whenBusy, status: 'accepted', turn: null };
      messages.push(message);
      const cancels = whenBusy === 'interrupt' ? cancel() : null;
      const starts = isHeld ? null : assign();
      // An earlier one goes first where nobody has noticed yet that what held the session has ended.
      return { turn: message.turn, starts, cancels };
    },

    begin(turn: number, attempt: string) {
      const one = turns[turn - 1];
      if (!one) return { outcome: 'closed', next: after(turn) };
      const { operation } = one;
      const next = one.status === 'running' ? null : after(turn);
      if (operation?.state === 'sealed') return { outcome: 'sealed', next };
      if (one.status !== 'running') return { outcome: 'closed', next };
      if (!operation && one.isCancelling) return { outcome: 'cancelled' };
      if (operation?.attempt === attempt) return { outcome: 'begun', fence: operation.fence };
      one.operation = { state: 'open', fence: (operation?.fence ?? 0) + 1, attempt };
      return { outcome: 'begun', fence: one.operation.fence };
    },

    /** Seals the step and completes the turn, as the attempt that holds the fence. */
    seal(turn: number) {
      const one = turns[turn - 1];
      if (!one?.operation) return 'not begun';
      if (one.operation.state === 'abandoned') return { outcome: 'superseded', next: null };
      one.operation.state = 'sealed';
      close(one, 'completed');
      return { outcome: 'sealed', next: after(turn) };
    },

    settle(turn: number, status: 'failed' | 'cancelled') {
      const one = turns[turn - 1];
      if (!one) return 'no turn';
      close(one, status);
      return { next: after(turn) };
    },

    take(release: boolean): number | null {
      if (resultTurn !== null) return null;
      const turn = runningTurn() ?? assign();
      if (turn !== null || !release) return turn;
      resultTurn = turns.length;
      if (holder === 'node') isHeld = false;
      return null;
    },

    /** The holder's end. The turn that it has left is asked to end. */
    end(): void {
      if (holder === 'subagent') for (const message of messages.filter(isWaiting)) message.status = 'withdrawn';
      if (isHeld) cancel();
      isHeld = false;
    },

    hasWaiting: (): boolean => messages.some(isWaiting),
    stray: (): number | null => (isHeld ? null : assign()),
    state: () => ({
      messages: messages.map(({ id, status, turn }) => ({ id, status, turn })),
      turns: turns.map(({ operation: _, ...turn }) => turn),
      resultTurn,
    }),
  };
};

export type Mailbox = ReturnType<typeof createMailbox>;
