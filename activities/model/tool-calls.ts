import { ReplyTooLong } from './failures.ts';
import { grow, unknownFields } from './opaque.ts';
import { isWholeObject } from './whole-arguments.ts';
import { asFacts, type Facts } from './words.ts';

/** Each piece of a call is compared with the calls before it. */
const maxCalls = 1000;

/** A call while it comes. */
export type GrowingCall = {
  ordinal: number;
  index: number | undefined;
  id: string | undefined;
  tool: string;
  text: string;
  /** What the provider attached. */
  extra: Facts;
};

/** A piece of a call: of its name and arguments, only what it adds. */
export type CallPiece = { index: number | undefined; id: string | undefined; name: string; text: string; extra: Facts };

const word = (value: unknown): string | undefined =>
  typeof value === 'number' ? String(value) : typeof value === 'string' && value !== '' ? value : undefined;

const indexOf = (value: unknown): number | undefined => {
  const index = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof index === 'number' && Number.isInteger(index) ? index : undefined;
};

const argumentsOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : '';
};

/** Some leave `function` out and put name and arguments beside the id. */
export const readPiece = (value: unknown): CallPiece => {
  const facts = asFacts(value);
  const named = asFacts(facts.function ?? facts);
  const inner = facts.function ? unknownFields(asFacts(facts.function), ['name', 'arguments']) : {};
  const extra = unknownFields(facts, ['index', 'id', 'type', 'function', 'name', 'arguments', 'input', 'parameters']);
  return {
    index: indexOf(facts.index),
    id: word(facts.id),
    name: word(named.name) ?? '',
    text: argumentsOf(named.arguments ?? named.parameters ?? named.input),
    extra: Object.keys(inner).length > 0 ? { ...extra, function: inner } : extra,
  };
};

/** Some begin with an empty object, before the arguments themselves. */
const isEmptyObject = (text: string): boolean => /^\s*\{\s*\}\s*$/.test(text);

const begins = (call: GrowingCall, { index, id, name }: CallPiece): boolean =>
  isEmptyObject(call.text) &&
  name === call.tool &&
  id !== undefined &&
  id === call.id &&
  (index === undefined || index === call.index);

/**
 * Whether a piece with a name continues with a call. Names may be repeated with each piece, or come in parts; ids may be
 * new in each; two calls may carry one index. A call whose arguments are whole is over.
 */
const goesOn = (call: GrowingCall, piece: CallPiece, isTool: (name: string) => boolean): boolean => {
  if (begins(call, piece)) return true;
  const { id, name, text } = piece;
  const isOtherId = id !== undefined && call.id !== undefined && id !== call.id;
  if (name === '') return !(isOtherId && isWholeObject(call.text) && text.trimStart().startsWith('{'));
  if (call.tool === '') return !isOtherId || !isWholeObject(call.text);
  if (isWholeObject(call.text)) return name === call.tool && !isOtherId && (text === '' || text === call.text);
  if (name === call.tool) return !isOtherId || text !== '' || call.text !== '';
  if (call.text !== '' || isOtherId) return false;
  return name.startsWith(call.tool) || !isTool(name) || isTool(call.tool + name);
};

/** The calls of a reply, put together from pieces whose indexes and ids cannot be trusted. */
export const createToolCalls = (tools: readonly string[], open: () => number) => {
  const calls: GrowingCall[] = [];
  const isTool = (name: string): boolean => tools.includes(name);

  const find = (piece: CallPiece): GrowingCall | undefined => {
    const { index, id, name } = piece;
    const last = calls.at(-1);
    const byIndex = index === undefined ? undefined : calls.findLast((call) => call.index === index);
    const byId = id === undefined ? undefined : calls.findLast((call) => call.id === id);
    if (id === undefined && name === '') return byIndex ?? last;
    if (byIndex) return goesOn(byIndex, piece, isTool) ? byIndex : undefined;
    if (byId && goesOn(byId, piece, isTool)) return byId;
    if (!last || byId) return undefined;
    // An index that is new with each piece: only a call that is still open can continue.
    const isOpen = last.text !== '' && !isWholeObject(last.text);
    if (index !== undefined) return name === '' && isOpen ? last : undefined;
    return goesOn(last, piece, isTool) ? last : undefined;
  };

  const begin = ({ index, id }: CallPiece): GrowingCall => {
    if (calls.length >= maxCalls) throw new ReplyTooLong(`the reply asks for more than ${maxCalls} tool calls`);
    const call = { ordinal: open(), index, id, tool: '', text: '', extra: {} };
    calls.push(call);
    return call;
  };

  /** The call that grew, and by what. */
  const add = (value: unknown): { call: GrowingCall; text: string; isNamed: boolean } | null => {
    if (value === null || value === undefined) return null;
    const piece = readPiece(value);
    const found = find(piece);
    const isEmpty =
      piece.name === '' && piece.text === '' && piece.id === undefined && Object.keys(piece.extra).length === 0;
    if (!found && isEmpty) return null;
    const call = found ?? begin(piece);
    const before = call.tool;
    if (piece.name !== '' && piece.name !== call.tool) {
      call.tool = call.tool === '' || piece.name.startsWith(call.tool) ? piece.name : call.tool + piece.name;
    }
    call.id ??= piece.id;
    call.index ??= piece.index;
    call.extra = grow(call.extra, piece.extra) as Facts;
    // Some send the arguments once more when they are whole.
    const isRepeated = piece.text !== '' && piece.text === call.text && isWholeObject(call.text);
    const text = isRepeated ? '' : piece.text;
    call.text = isEmptyObject(call.text) && text.trimStart().startsWith('{') ? text : call.text + text;
    return { call, text, isNamed: before === '' && call.tool !== '' };
  };

  return { calls, add };
};
