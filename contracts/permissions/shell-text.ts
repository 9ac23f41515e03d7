/** `isFixed` false: what the word is depends on variables, files or other commands. */
export type ShellWord = { text: string; isFixed: boolean };

/** `inputs`: what it reads on its standard input, where the text says so: here-documents and here-strings. */
export type ShellCommand = { words: ShellWord[]; inputs: ShellWord[] };

/**
 * The simple commands of a text that a shell reads, those within substitutions too. `isPlain`: nothing but words, `;`,
 * `&&`, `||`, `|` and line breaks, so that the commands are all that happens. `files`: those of redirections.
 */
export type ShellText = { commands: ShellCommand[]; isPlain: boolean; files: ShellWord[] };

const reserved = new Set(
  'if then elif else fi do done while until for case esac in select function coproc time ! { } [['.split(' '),
);
const assignment = /^[A-Za-z_]\w*(\[[^\]]*\])?\+?=/;
const deepest = 12;

/** In others quotes and brackets have meanings of their own. */
const simpleExpansion = /^\{[#!]?(\w+|[@*#?$!-])(:?[-=+?#%/^,:][\w ./:%#*?^,@+=-]*)?\}/;
const maxExpansionLength = 300;

/** What the next word is: of a redirection, the file, the text of a here-string, or the end of a here-document. */
type Target = 'file' | 'text' | { stripsTabs: boolean; isInput: boolean };

type HereDocument = { command: ShellCommand; end: string; isLiteral: boolean; stripsTabs: boolean; isInput: boolean };

class Reader {
  readonly commands: ShellCommand[] = [];
  readonly files: ShellWord[] = [];
  isPlain = true;
  #command: ShellCommand = { words: [], inputs: [] };
  #word: ShellWord | null = null;
  /** A part of the word is quoted. */
  #isQuoted = false;
  #target: Target | null = null;
  /** Their texts begin on the next line. */
  #pending: HereDocument[] = [];
  #cases = 0;
  #open = 0;
  /** `<<` may be a shift of bits. */
  #isArithmetic = false;
  #at: number;
  readonly #text: string;
  readonly #depth: number;

  constructor(text: string, depth: number, at = 0) {
    this.#text = text;
    this.#depth = depth;
    this.#at = at;
  }

  read(): ShellText {
    while (this.#at < this.#text.length) this.#step();
    this.#finish();
    return this;
  }

  /** To behind the parenthesis that closes a substitution. */
  readSubstitution(): number {
    for (;;) {
      if (this.#at >= this.#text.length) {
        this.#doubt();
        break;
      }
      if (this.#peek() === ')' && this.#open === 0 && this.#cases === 0) {
        this.#at += 1;
        break;
      }
      this.#step();
    }
    this.#finish();
    return this.#at;
  }

  /** A text in which only substitutions mean anything. */
  readQuoted(): Reader {
    while (this.#at < this.#text.length) this.#quotedStep();
    return this;
  }

  #finish(): void {
    this.#endCommand();
    if (this.#pending.length > 0) this.#doubt();
  }

  /** What shells make of it is not certain, or not the same in all of them. */
  #doubt(): void {
    this.isPlain = false;
    this.commands.push({ words: [{ text: '', isFixed: false }], inputs: [] });
  }

  #peek(offset = 0): string {
    return this.#text[this.#at + offset] ?? '';
  }

  #add(text: string, isFixed = true): void {
    const { text: before, isFixed: was } = this.#word ?? { text: '', isFixed: true };
    this.#word = { text: before + text, isFixed: was && isFixed };
    if (!isFixed) this.isPlain = false;
  }

  #endWord(): void {
    if (this.#word === null) return;
    const word = this.#word;
    const isQuoted = this.#isQuoted;
    const target = this.#target;
    this.#word = null;
    this.#isQuoted = false;
    this.#target = null;
    if (target === 'file') this.files.push(word);
    else if (target === 'text') this.#command.inputs.push(word);
    else if (target !== null)
      this.#pending.push({ ...target, command: this.#command, end: word.text, isLiteral: isQuoted });
    else this.#addWord(word);
  }

  #addWord(word: ShellWord): void {
    const { words } = this.#command;
    if (words.length > 0 || !(reserved.has(word.text) || assignment.test(word.text))) {
      words.push(word);
      return;
    }
    this.isPlain = false;
    if (word.text === 'esac') this.#cases = Math.max(0, this.#cases - 1);
    if (word.text !== 'case') return;
    this.#cases += 1;
    // Where a substitution with it ends is hard to tell.
    if (this.#depth > 0) this.#doubt();
  }

  #endCommand(): void {
    this.#endWord();
    this.#target = null;
    if (this.#command.words.length > 0) this.commands.push(this.#command);
    this.#command = { words: [], inputs: [] };
  }

  #take({ commands, files }: Pick<ShellText, 'commands' | 'files'>): void {
    this.isPlain = false;
    this.commands.push(...commands);
    this.files.push(...files);
  }

  /** From behind an opening parenthesis to behind the one that closes it. */
  #parenthesis(): void {
    if (this.#pending.length > 0 || this.#depth >= deepest) this.#doubt();
    if (this.#depth >= deepest) {
      this.#at = this.#text.length;
      return;
    }
    const inner = new Reader(this.#text, this.#depth + 1, this.#at);
    if (this.#peek() === '(') inner.#isArithmetic = true;
    this.#at = inner.readSubstitution();
    this.#take(inner);
  }

  #backticks(): void {
    let inner = '';
    for (this.#at += 1; this.#at < this.#text.length && this.#peek() !== '`'; this.#at += 1) {
      if (this.#peek() === '\\') this.#at += 1;
      inner += this.#peek();
    }
    if (this.#at >= this.#text.length || this.#depth >= deepest) this.#doubt();
    this.#at += 1;
    if (this.#depth < deepest) this.#take(new Reader(inner, this.#depth + 1).read());
    this.#add('', false);
  }

  #dollar(isQuoted: boolean): void {
    this.#at += 1;
    const next = this.#peek();
    if (next === '(') {
      this.#at += 1;
      this.#parenthesis();
      this.#add('', false);
    } else if (next === "'" && !isQuoted) {
      // ANSI-C quoting can write any character, and not every shell has it.
      const end = this.#text.indexOf("'", this.#at + 1);
      if (this.#text.slice(this.#at, end < 0 ? undefined : end).includes('\\')) this.#doubt();
      this.#add('', false);
    } else if (next === '"' && !isQuoted) {
      this.#add('');
    } else if (/[\w{@*#?$![-]/.test(next)) {
      if (/[{[]/.test(next) && !simpleExpansion.test(this.#text.slice(this.#at, this.#at + maxExpansionLength)))
        this.#doubt();
      this.#add('$', false);
    } else this.#add('$');
  }

  /** One character, or more, of what is between double quotes. */
  #quotedStep(): void {
    const one = this.#peek();
    if (one === '$') this.#dollar(true);
    else if (one === '`') this.#backticks();
    else if (one === '\\' && /[$`"\\\n]/.test(this.#peek(1))) {
      if (this.#peek(1) !== '\n') this.#add(this.#peek(1));
      this.#at += 2;
    } else {
      this.#add(one);
      this.#at += 1;
    }
  }

  #double(): void {
    this.#at += 1;
    this.#add('');
    this.#isQuoted = true;
    while (this.#at < this.#text.length && this.#peek() !== '"') this.#quotedStep();
    if (this.#at >= this.#text.length) this.#doubt();
    this.#at += 1;
  }

  #single(): void {
    const end = this.#text.indexOf("'", this.#at + 1);
    this.#isQuoted = true;
    this.#add(this.#text.slice(this.#at + 1, end < 0 ? undefined : end));
    if (end < 0) this.#doubt();
    this.#at = end < 0 ? this.#text.length : end + 1;
  }

  /** Of the standard input, unless a number says otherwise. */
  #here(isInput: boolean): void {
    const isString = this.#peek(2) === '<';
    const stripsTabs = this.#peek(2) === '-';
    this.#at += isString || stripsTabs ? 3 : 2;
    if (isString) this.#target = isInput ? 'text' : 'file';
    else if (this.#isArithmetic) this.#doubt();
    else this.#target = { stripsTabs, isInput };
  }

  #redirection(): void {
    this.isPlain = false;
    const number = this.#word !== null && /^\d+$/.test(this.#word.text) ? this.#word.text : null;
    if (number !== null) this.#word = null;
    this.#endWord();
    if (this.#peek() === '<' && this.#peek(1) === '<') {
      this.#here(number === null || number === '0');
      return;
    }
    this.#at += 1;
    if (this.#peek() === '(') {
      this.#at += 1;
      this.#parenthesis();
      this.#add('', false);
      return;
    }
    while (/[<>&|-]/.test(this.#peek())) this.#at += 1;
    this.#target = 'file';
  }

  #line(): string | null {
    if (this.#at >= this.#text.length) return null;
    const end = this.#text.indexOf('\n', this.#at);
    const line = this.#text.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#text.length : end + 1;
    return line;
  }

  #hereDocument({ command, end, isLiteral, stripsTabs, isInput }: HereDocument): void {
    const lines: string[] = [];
    for (;;) {
      const line = this.#line();
      const bare = stripsTabs ? line?.replace(/^\t+/, '') : line;
      if (bare === end) break;
      if (line === null) {
        this.#doubt();
        break;
      }
      lines.push(bare ?? '');
    }
    const text = lines.map((line) => `${line}\n`).join('');
    // Shells do not agree on whether a line that is continued can be the last.
    if (!isLiteral && text.includes('\\\n')) this.#doubt();
    const isFixed = isLiteral || !/[$`]/.test(text);
    if (!isFixed) this.#take(new Reader(text, this.#depth + 1).readQuoted());
    if (isInput) command.inputs.push({ text, isFixed });
  }

  #comment(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#text.length : end;
  }

  #step(): void {
    const one = this.#peek();
    if (one === "'") this.#single();
    else if (one === '"') this.#double();
    else if (one === '$') this.#dollar(false);
    else if (one === '`') this.#backticks();
    else if (one === '\\') {
      if (this.#peek(1) !== '\n') {
        this.#add(this.#peek(1));
        this.#isQuoted = true;
      }
      this.#at += 2;
    } else if (one === '<' || one === '>') this.#redirection();
    else if (one === '#' && this.#word === null) this.#comment();
    else this.#ordinary(one);
  }

  #ordinary(one: string): void {
    this.#at += 1;
    if (one === ' ' || one === '\t') this.#endWord();
    else if (one === '(' || one === ')') {
      this.isPlain = false;
      if (one === '(' && this.#peek() === '(') this.#isArithmetic = true;
      this.#open = Math.max(0, this.#open + (one === '(' ? 1 : -1));
      this.#endCommand();
    } else if (one === '&' && this.#peek() !== '&' && this.#peek(-2) !== '&') {
      // What runs in the background continues beside what follows.
      this.isPlain = false;
      this.#endCommand();
    } else if (/[;&|\n\r]/.test(one)) {
      this.#endCommand();
      if (one === '\n') for (const document of this.#pending.splice(0)) this.#hereDocument(document);
    } else this.#add(one, !/[*?[\]{}~]/.test(one));
  }
}

/** Reads a text as POSIX shells and bash do, and takes for uncertain what only running it would show. */
export const readShell = (text: string, depth = 0): ShellText => new Reader(text, depth).read();
