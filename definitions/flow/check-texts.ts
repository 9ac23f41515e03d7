import { piecesOf, SourceError } from '../../sandbox/parse.ts';
import { hint, quote } from '../nearest.ts';
import type { Outline } from '../outline.ts';
import type { Report } from '../report.ts';
import type { Edge } from './edges.ts';
import { findReads, type Read } from './result-reads.ts';
import { type FlowText, textsOf } from './texts.ts';

/** Expressions, templates and code: that they parse, and read only results that are there by then. */
export const checkTexts = (edges: ReadonlyMap<string, readonly Edge[]>, outline: Outline, report: Report): void => {
  for (const text of textsOf(outline)) {
    if (!parses(text, report)) continue;
    const { results, items } = findReads(text.kind, text.source);
    for (const read of results) {
      const told = tellRead(read, text, edges, outline);
      if (told) tell(report, text, read.offset, told);
    }
    if (text.hasItem) continue;
    for (const { name, offset } of items)
      tell(report, text, offset, `${name} is not known here: only with, prompt and code of a map see it`);
  }
};

const tell = (report: Report, { path, isKey = false }: FlowText, offset: number, message: string): void =>
  isKey ? report.atKey(path, message) : report.inText(path, offset, message);

const parses = (text: FlowText, report: Report): boolean => {
  const { kind, source } = text;
  try {
    piecesOf(kind, source);
    return true;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    tell(report, text, error.offset, `cannot parse this ${kind}: ${error.message}`);
    return false;
  }
};

const tellRead = (
  { name, offset }: Read,
  { step, source }: FlowText,
  edges: ReadonlyMap<string, readonly Edge[]>,
  { byId, groups }: Outline,
): string | null => {
  const read = resultOf(name);
  if (!byId.has(name)) {
    if (groups.has(name)) return `${read}: ${quote(name)} is a batch group, and only steps have results`;
    const dashed = /^[\w-]+/.exec(source.slice(offset))?.[0] ?? '';
    if (dashed !== name && byId.has(dashed)) return `${read}: no step has this id; write ${resultOf(dashed)}`;
    return `${read}: no step has this id${hint(name, byId.keys())}`;
  }
  if (!step || isAncestor(name, step.id, edges)) return null;
  if (name === step.id) return `${read}: a step cannot read its own result`;
  return `${read}: step ${quote(step.id)} does not need ${quote(name)}, so there may be no result yet; add it to needs`;
};

const resultOf = (name: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(name) ? `results.${name}` : `results[${quote(name)}]`;

const isAncestor = (wanted: string, id: string, edges: ReadonlyMap<string, readonly Edge[]>): boolean => {
  const seen = new Set<string>();
  const open = [id];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const { to } of edges.get(name) ?? []) {
      if (to === wanted) return true;
      if (seen.has(to)) continue;
      seen.add(to);
      open.push(to);
    }
  }
  return false;
};
