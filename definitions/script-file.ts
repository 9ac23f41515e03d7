import type { Fault } from '../contracts/flow.ts';
import { type CompiledScript, type ScriptMeta, scriptId } from '../contracts/script.ts';
import { quote } from './nearest.ts';
import { checkAwaits } from './script/check-awaits.ts';
import { checkLists } from './script/check-lists.ts';
import { checkLoops } from './script/check-loops.ts';
import { checkNames } from './script/check-names.ts';
import { checkOptions } from './script/check-options.ts';
import { checkPhases } from './script/check-phases.ts';
import { checkReferences, type KnownToScript, type References, referencesOf } from './script/check-references.ts';
import { checkShape } from './script/check-shape.ts';
import { checkSize } from './script/check-size.ts';
import { compile, offsetInSource } from './script/compile.ts';
import { asModule, metaOf } from './script/entry.ts';
import { type Estimate, estimateAgents } from './script/estimate.ts';
import { FindingList, type Findings } from './script/findings.ts';
import { defaultMeta, metaBefore, metaDeclarator, readMeta } from './script/meta.ts';
import { parseCompiled, parseScriptSource } from './script/parse.ts';
import { returnsOf } from './script/returns.ts';
import { treeOf } from './script/tree.ts';

/** A script file by itself. What it names elsewhere is checked by {@link ParsedScript.findingsWith}. */
export type ParsedScript = {
  /** Null where it has faults. */
  meta: ScriptMeta | null;
  /** By which it is run; null where nothing says its name. */
  id: string | null;
  /** Null while the file by itself has faults. */
  compiled: CompiledScript | null;
  faults: Fault[];
  /** Whether it runs another script. */
  callsWorkflow: boolean;
  /** All of them, those of the file by itself too. `clash` says who else has the name. */
  findingsWith(known: KnownToScript, clash: string | null): Findings;
};

export const parseScript = (source: string, file: string): ParsedScript => {
  const findings = FindingList.of(file, source);
  const read = readScript(source, file, findings);
  const { faults } = findings.sorted;
  return {
    meta: read.meta,
    id: read.meta && scriptId(read.meta.name),
    compiled:
      read.meta && read.code !== null && faults.length === 0
        ? { meta: read.meta, file, code: read.code, returns: read.returns }
        : null,
    faults,
    callsWorkflow: read.callsWorkflow,
    findingsWith: (known, clash) => {
      const all = findings.copy();
      checkReferences(read.references, known, all.tell);
      if (read.meta && scriptId(read.meta.name) !== read.meta.name) {
        const told = `the name ${quote(read.meta.name)} is run as ${quote(scriptId(read.meta.name))}`;
        all.tell('warning', read.nameOffset, told, 'meta.name');
      }
      if (clash !== null) all.tell('error', read.nameOffset, clash, 'meta.name');
      return all.sorted;
    },
  };
};

/** How many agents a run of this source starts; null where it cannot be read. `args`: of the run, where they are known. */
export const estimateRun = (source: string, args?: { value: unknown }): Estimate | null => {
  const text = asModule(source);
  const syntax = parseScriptSource(text);
  return 'message' in syntax ? null : estimateAgents(treeOf(text, syntax.program), args);
};

type Read = {
  meta: ScriptMeta | null;
  code: string | null;
  returns: NonNullable<CompiledScript['returns']>;
  references: References;
  callsWorkflow: boolean;
  nameOffset: number;
};
const nothing: Read = {
  meta: null,
  code: null,
  returns: [],
  references: { agentTypes: [], models: [], workflows: [] },
  callsWorkflow: false,
  nameOffset: 0,
};

const readScript = (source: string, file: string, findings: FindingList): Read => {
  const { tell } = findings;
  const text = asModule(source);
  const syntax = parseScriptSource(text);
  if ('message' in syntax) {
    tell('error', syntax.offset, syntax.message);
    return { ...nothing, meta: metaBefore(source) };
  }
  const tree = treeOf(text, syntax.program);
  const { main, runnable, entry } = tree;
  const defaults = main || entry ? { ...defaultMeta(source, file), ...(runnable ? metaOf(runnable) : {}) } : null;
  const meta = readMeta(tree.program, defaults, tell);
  checkShape(tree, tell);
  checkNames(tree, tell);
  checkAwaits(tree, tell);
  checkLists(tree, tell);
  checkOptions(tree, tell);
  checkLoops(tree, tell);
  if (meta) checkPhases(tree, meta, tell);
  if (findings.sorted.faults.length === 0) checkSize(tree, tell);
  const code = compile(tree);
  // Otherwise the same error would be reported twice in different words.
  const refused = findings.sorted.faults.length === 0 ? parseCompiled(code) : null;
  if (refused) tell('error', offsetInSource(source, code, refused.offset), refused.message);
  return {
    meta,
    code: refused ? null : code,
    returns: returnsOf(tree),
    references: referencesOf(tree),
    callsWorkflow: tree.calls.some(({ name }) => name === 'workflow'),
    nameOffset: metaDeclarator(tree.program)?.start ?? 0,
  };
};
