import type { Decided } from './because.ts';
import { commandWords } from './command-words.ts';
import { describeRule } from './describe-rule.ts';
import { commandsToCover, covers, forbids, mayForbid } from './matching.ts';
import type { PlacedRule } from './rule.ts';
import type { Subject } from './subject.ts';

const nearness: readonly PlacedRule['source'][] = [
  'late',
  'session',
  'here',
  'personal',
  'project',
  'agent',
  'permission',
  'built-in',
];

/** How much a rule says: words of its command, letters of its path and host, then its other conditions. */
const specificity = ({ tool, kind, path, command, host, agent }: PlacedRule['rule']): number[] => [
  command === undefined ? 0 : 1 + commandWords(command).words.length * 2 - Number(commandWords(command).isPrefix),
  path === undefined ? 0 : 1 + path.replaceAll(/[*?]/g, '').length,
  host === undefined ? 0 : 1 + host.replaceAll('*', '').length,
  agent === undefined ? 0 : 1,
  tool === undefined ? 0 : 1 + tool.replaceAll('*', '').length,
  kind === undefined ? 0 : 1,
];

/** The most specific first; of equal ones the nearest to the call, then the first. */
const mostSpecific = (rules: readonly PlacedRule[]): PlacedRule | undefined => {
  const compare = (a: PlacedRule, b: PlacedRule): number => {
    const [mine, other] = [specificity(a.rule), specificity(b.rule)];
    const at = mine.findIndex((value, index) => value !== other[index]);
    if (at >= 0) return (other[at] ?? 0) - (mine[at] ?? 0);
    return nearness.indexOf(a.source) - nearness.indexOf(b.source);
  };
  return rules.toSorted(compare)[0];
};

const words = ({ rule, place }: PlacedRule): string => `${describeRule(rule)}: ${place}`;

/** The rules that together cover the call; empty when a part of it is not covered. */
const allowing = (subject: Subject, rules: readonly PlacedRule[]): PlacedRule[] => {
  const commands = commandsToCover(subject);
  const covering = rules.flatMap((placed) => {
    const covered = placed.rule.decision === 'allow' ? covers(placed.rule, subject, commands) : null;
    return covered ? [{ placed, covered }] : [];
  });
  const whole = covering.filter(({ covered }) => covered.paths.every(Boolean) && covered.commands.every(Boolean));
  if (whole.length > 0) return whole.map(({ placed }) => placed);
  const count = commands === null ? 1 : commands.length;
  const isCovered =
    subject.paths.every((_path, index) => covering.some(({ covered }) => covered.paths[index])) &&
    (subject.command === null ||
      Array.from({ length: count }).every((_one, index) => covering.some(({ covered }) => covered.commands[index])));
  const isSplit = subject.paths.length > 1 || count > 1;
  return isCovered && isSplit
    ? covering
        .filter(({ covered }) => [...covered.paths, ...covered.commands].some(Boolean))
        .map(({ placed }) => placed)
    : [];
};

/** A rule about commands that may apply, because what runs is only known when it runs. */
const inDoubt = (subject: Subject, rules: readonly PlacedRule[]): PlacedRule | undefined =>
  mostSpecific(rules.filter(({ rule }) => rule.decision !== 'allow' && mayForbid(rule, subject)));

const kindWords = { read: 'reads', write: 'changes files', run: 'runs programs' } as const;

/**
 * The decision about a call: a rule that denies beats one that asks, and that beats one that allows. Of several of equal
 * strength the most specific is named. Where none matches, a call that reads is allowed, and others ask.
 */
export const decide = (subject: Subject, rules: readonly PlacedRule[]): Decided => {
  for (const decision of ['deny', 'ask'] as const) {
    const rule = mostSpecific(
      rules.filter((placed) => placed.rule.decision === decision && forbids(placed.rule, subject)),
    );
    if (rule) return { decision, rule, words: words(rule) };
  }
  const allowed = mostSpecific(allowing(subject, rules));
  const isWhole = allowed?.rule.command !== undefined && !commandWords(allowed.rule.command).isPrefix;
  const doubt = isWhole ? undefined : inDoubt(subject, rules);
  if (doubt)
    return {
      decision: 'ask',
      rule: doubt,
      words: `It is not certain what this runs, and a rule says: ${words(doubt)}`,
    };
  if (allowed && !(subject.isAsking && allowed.rule.kind !== undefined && allowed.rule.tool === undefined))
    return { decision: 'allow', rule: allowed, words: words(allowed) };
  if (subject.isAsking)
    return { decision: 'ask', rule: null, words: `${subject.tool} always asks, unless a rule allows it` };
  if (subject.kind === 'read')
    return { decision: 'allow', rule: null, words: 'No rule matches, and reading needs no approval' };
  return { decision: 'ask', rule: null, words: `No rule allows it, and ${subject.tool} ${kindWords[subject.kind]}` };
};

/** Rules that need no file: what a session or an agent may do unasked. */
export const permissionRules = (
  kinds: readonly Subject['kind'][],
  { source, place }: Pick<PlacedRule, 'source' | 'place'>,
): PlacedRule[] => kinds.map((kind) => ({ source, id: null, place, rule: { decision: 'allow', kind } }));
