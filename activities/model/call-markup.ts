import { parseJson } from '../../contracts/parse-json.ts';
import { isWholeObject } from './whole-arguments.ts';
import { asFacts } from './words.ts';

/** A call that a model wrote into its text, in the marks of its chat template. */
export type WrittenCall = { tool: string; arguments: string };

/** The parts between two marks, and what is outside of them. */
const partsBetween = (text: string, open: string, close: string): { inside: string[]; outside: string } => {
  const inside: string[] = [];
  let outside = '';
  let at = 0;
  for (;;) {
    const begin = text.indexOf(open, at);
    const end = begin < 0 ? -1 : text.indexOf(close, begin + open.length);
    if (end < 0) return { inside, outside: outside + text.slice(at) };
    outside += text.slice(at, begin);
    inside.push(text.slice(begin + open.length, end));
    at = end + close.length;
  }
};

const only = (text: string, open: string, close: string): string[] | null => {
  const { inside, outside } = partsBetween(text, open, close);
  return inside.length > 0 && outside.trim() === '' ? inside : null;
};

/** `NAME>VALUE` pairs; a value is JSON where it can be, unless its mark says that it is a text. */
const objectOf = (pairs: readonly { name: string; value: string; isText: boolean }[]): string =>
  JSON.stringify(
    Object.fromEntries(
      pairs.map(({ name, value, isText }) => {
        const parsed = isText ? undefined : parseJson(value.trim());
        return [name, parsed === undefined ? value : parsed];
      }),
    ),
  );

/** `functions.look:0<|tool_call_argument_begin|>{…}` */
const kimi = (block: string): (WrittenCall | null)[] | null =>
  only(block, '<|tool_call_begin|>', '<|tool_call_end|>')?.map((call) => {
    const [name = '', args = ''] = call.split('<|tool_call_argument_begin|>');
    return {
      tool: name
        .trim()
        .replace(/^functions\./, '')
        .replace(/:\d+$/, ''),
      arguments: args.trim(),
    };
  }) ?? null;

/** `<|DSML|invoke name="look"><|DSML|parameter name="path" string="true">a</|DSML|parameter></|DSML|invoke>` */
const deepseek = (block: string): (WrittenCall | null)[] | null =>
  only(block, '<|DSML|invoke name="', '</|DSML|invoke>')?.map((call) => {
    const end = call.indexOf('">');
    const parameters =
      end < 0 ? [] : partsBetween(call.slice(end + 2), '<|DSML|parameter name="', '</|DSML|parameter>').inside;
    const pairs = parameters.map((parameter) => {
      const [, name = '', isText, value = ''] = /^([^"]*)"(?: string="(true|false)")?>([\s\S]*)$/.exec(parameter) ?? [];
      return { name, value, isText: isText === 'true' };
    });
    return { tool: call.slice(0, Math.max(0, end)), arguments: objectOf(pairs) };
  }) ?? null;

/** `{"name": "look", "arguments": {…}}`, or `<function=look><parameter=path>a</parameter></function>` */
const hermes = (call: string): WrittenCall | null => {
  const { name, arguments: args } = asFacts(parseJson(call.trim()));
  if (typeof name === 'string')
    return { tool: name, arguments: typeof args === 'string' ? args : JSON.stringify(args ?? {}) };
  const [inner] = only(call, '<function=', '</function>') ?? [];
  const end = inner?.indexOf('>') ?? -1;
  if (inner === undefined || end < 0) return null;
  const pairs = partsBetween(inner.slice(end + 1), '<parameter=', '</parameter>').inside.map((parameter) => {
    const at = parameter.indexOf('>');
    return { name: parameter.slice(0, at), value: parameter.slice(at + 1).replace(/^\n|\n$/g, ''), isText: false };
  });
  return { tool: inner.slice(0, end).trim(), arguments: objectOf(pairs) };
};

type Form = {
  open: string;
  close: string;
  /** Null where it cannot be read. */
  read(text: string): (WrittenCall | null)[] | null;
};

const forms: readonly Form[] = [
  {
    open: '<|tool_calls_section_begin|>',
    close: '<|tool_calls_section_end|>',
    read: (text) =>
      only(text, '<|tool_calls_section_begin|>', '<|tool_calls_section_end|>')?.flatMap(
        (block) => kimi(block) ?? [null],
      ) ?? null,
  },
  {
    open: '<|DSML|tool_calls>',
    close: '</|DSML|tool_calls>',
    read: (text) =>
      only(text, '<|DSML|tool_calls>', '</|DSML|tool_calls>')?.flatMap((block) => deepseek(block) ?? [null]) ?? null,
  },
  {
    open: '<tool_call>',
    close: '</tool_call>',
    read: (text) => only(text, '<tool_call>', '</tool_call>')?.map(hermes) ?? null,
  },
];

/** Marks within code, or in the middle of a sentence, are spoken of. */
const isQuoted = (before: string, { open }: Form): boolean =>
  before.endsWith('`') ||
  (before.match(/```/g)?.length ?? 0) % 2 === 1 ||
  (open.startsWith('<tool') && !/(^|\n)[ \t]*$/.test(before));

/**
 * The calls with which a text ends, where a server has not read them as calls; null where there are none, or where one of
 * them cannot be read or is of a tool that was not offered.
 */
export const callsInText = (
  said: string,
  tools: readonly string[],
): { before: string; calls: WrittenCall[] } | null => {
  // DeepSeek's bars come in several widths.
  const text = said.includes('DSML') ? said.replaceAll(/[|｜‖]{1,2}DSML[|｜‖]{1,2}/g, '|DSML|') : said;
  for (const form of forms) {
    const at = text.indexOf(form.open);
    if (at < 0 || !text.trimEnd().endsWith(form.close)) continue;
    const before = text.slice(0, at);
    if (isQuoted(before, form)) continue;
    const calls = form
      .read(text.slice(at))
      ?.map((call) => (call && tools.includes(call.tool) && isWholeObject(call.arguments) ? call : null));
    if (calls && calls.length > 0 && calls.every((call) => call !== null)) return { before: before.trimEnd(), calls };
  }
  return null;
};
