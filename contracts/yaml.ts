import { type Document, isScalar, Lexer, parseDocument, visit } from 'yaml';
import { inexactWords, isExact } from './exact-json.ts';
import { plainFault } from './plain-values.ts';
import { mergeFaults } from './yaml-merge.ts';
import { plainTextFaults } from './yaml-plain-text.ts';

/** `offset`: of a character of the text, from 0. */
export type YamlFault = { offset: number; message: string };

/** A text read as YAML. `value` is undefined when it cannot be: `faults` say why. `document` is there for places. */
export type Yaml = { document: Document.Parsed; value: unknown; faults: YamlFault[] };

const most = { depth: 100, column: 400, aliases: 100, entries: 50_000, keys: 1000, faults: 100 } as const;

const tooDeep = `nested too deeply: expected at most ${most.depth} levels`;

/**
 * Finds, from tokens only, what would make the parser recurse or search without end: it descends once for each level
 * and looks through the whole document for each alias.
 */
const excess = (text: string): YamlFault | null => {
  let offset = 0;
  let column = 0;
  let flowDepth = 0;
  let inLine = 0;
  let aliases = 0;
  let entries = 0;
  for (const token of new Lexer().lex(text)) {
    const first = token[0];
    if (first === '[' || first === '{') flowDepth += 1;
    else if (first === ']' || first === '}') flowDepth -= 1;
    else if (token === '-' || token === '?' || token === ':') {
      inLine += 1;
      if (flowDepth === 0 && (column > most.column || inLine > most.depth)) return { offset, message: tooDeep };
      entries += 1;
    } else if (first === '*') aliases += 1;
    else if (token === ',') entries += 1;
    if (flowDepth > most.depth) return { offset, message: tooDeep };
    if (entries > most.entries) return { offset, message: `expected at most ${most.entries} fields and items` };
    if (aliases > most.aliases) return { offset, message: `expected at most ${most.aliases} aliases` };
    // Marks of the lexer, such as the start of a scalar, have no character.
    if (first === '\u0002' || first === '\u0018' || first === '\u001f' || first === '\ufeff') continue;
    offset += token.length;
    const end = token.lastIndexOf('\n');
    column = end < 0 ? column + token.length : token.length - end - 1;
    if (end >= 0) inLine = 0;
  }
  return null;
};

const inWords: Partial<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab cannot indent YAML: use spaces',
  MULTIPLE_DOCS: 'a second document begins here: expected one document in a file',
  NON_STRING_KEY: 'expected text as the name of a field',
};

const duplicates = (document: Document): YamlFault[] => {
  const found: YamlFault[] = [];
  visit(document, {
    Map: (_at, map) => {
      const names = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (names.has(name)) {
          found.push({ offset: key.range?.[0] ?? 0, message: 'this field occurs twice in the same map' });
        }
        names.add(name);
      }
    },
  });
  return found;
};

const unknownTags = (document: Document): YamlFault[] =>
  document.warnings
    .filter(({ code }) => code === 'TAG_RESOLVE_FAILED')
    .map(({ pos }) => ({
      offset: pos[0],
      message: 'a text that begins with ! is a tag to YAML: put it in quotes, or write it on the lines below a |',
    }));

const danglingAliases = (document: Document): YamlFault[] => {
  const found: YamlFault[] = [];
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document)) return;
      const message = `expected an anchor &${alias.source} before the alias *${alias.source}; a text that begins with * goes in quotes`;
      found.push({ offset: alias.range?.[0] ?? 0, message });
    },
  });
  return found;
};

/** A number that would be another one in JSON, and in the table that it is kept in. */
const inexactNumbers = (document: Document): YamlFault[] => {
  const found: YamlFault[] = [];
  visit(document, {
    Scalar: (_at, { value, source, range }) => {
      if (typeof value !== 'number' || source === undefined || /^[-+]?\.(inf|nan)$/i.test(source)) return;
      const isHex = /^[-+]?0[xo]/.test(source);
      if (isHex ? Number.isSafeInteger(value) : isExact(source)) return;
      found.push({ offset: range?.[0] ?? 0, message: inexactWords(source) });
    },
  });
  return found;
};

const contentOf = (document: Document): { value: unknown } | YamlFault => {
  try {
    const value: unknown = document.toJS();
    const message = plainFault('file', value, { depth: most.depth, keys: most.keys });
    return message === null ? { value } : { offset: 0, message };
  } catch (error) {
    // The parser's own guard against aliases that multiply.
    return { offset: 0, message: error instanceof Error ? error.message : String(error) };
  }
};

/** Reads a text of at most a mebibyte in a time that its length bounds. Never throws. */
export const readYaml = (text: string, options: Parameters<typeof parseDocument>[1] = {}): Yaml => {
  const parse = (source: string): Document.Parsed =>
    parseDocument(source, { prettyErrors: false, stringKeys: true, uniqueKeys: false, merge: true, ...options });
  const refused = (faults: YamlFault[], document = parse('')): Yaml => ({
    document,
    value: undefined,
    faults: faults.slice(0, most.faults),
  });
  const beyond = excess(text);
  if (beyond) return refused([beyond]);
  const document = parse(text);
  const plain = plainTextFaults(
    text,
    document.errors.map(({ code, pos }) => ({ code, offset: pos[0] })),
  );
  if (plain.length > 0) return refused(plain, document);
  const faults = [
    ...document.errors.map(({ code, pos, message }) => ({ offset: pos[0], message: inWords[code] ?? message })),
    ...unknownTags(document),
    ...duplicates(document),
    ...danglingAliases(document),
    ...inexactNumbers(document),
  ];
  if (faults.length === 0) faults.push(...mergeFaults(document));
  if (faults.length > 0) return refused(faults, document);
  const read = contentOf(document);
  return 'message' in read ? refused([read], document) : { document, value: read.value, faults: [] };
};
