/** `isFixed` false: what the word is depends on variables, files or other commands. */
export type ShellWord = { text: string; isFixed: boolean };

/**
 * The simple commands of a text that a shell reads, those within substitutions too. `isPlain`: nothing but words, `;`,
 * `&&`, `||`, `|` and line breaks, so that the commands are all that happens. `files`: those of redirections.
 */
export type ShellText = { commands: ShellWord[][]; isPlain: boolean; files: ShellWord[] };

const reserved = new Set(
  'if then elif else fi do done while until for case esac in select function coproc time ! { } [['.split(' '),
);
const assignment = /^[A-Za-z_]\w*(\[[^\]]*\])?\+?=/;
const deepest = 12;

class Reader {
  readonly commands: ShellWord[][] = [];
  readonly files: ShellWord[] = [];
  isPlain = true;
  #words: ShellWord[] = [];
  #word: ShellWord | null = null;
  /** The next word is the file of a redirection. */
  #isTarget = false;
  #at = 0;
  readonly #text: string;
  readonly #depth: number;

  constructor(text: string, depth: number) {
    this.#text = text;
    this.#depth = depth;
  }

  read(): ShellText {
    while (this.#at < this.#text.length) this.#step();
    this.#endCommand();
    return { commands: this.commands, isPlain: this.isPlain, files: this.files };
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
    this.#word = null;
    if (this.#isTarget) {
      this.#isTarget = false;
      this.files.push(word);
      return;
    }
    if (this.#words.length === 0 && (reserved.has(word.text) || assignment.test(word.text))) {
      this.isPlain = false;
      return;
    }
    this.#words.push(word);
  }

  #endCommand(): void {
    this.#endWord();
    this.#isTarget = false;
    if (this.#words.length > 0) this.commands.push(this.#words);
    this.#words = [];
  }

  #inner(text: string): void {
    this.isPlain = false;
    if (this.#depth >= deepest) {
      this.commands.push([{ text: '', isFixed: false }]);
      return;
    }
    const { commands, files } = new Reader(text, this.#depth + 1).read();
    this.commands.push(...commands);
    this.files.push(...files);
  }

  /** From behind an opening parenthesis to behind the one that closes it. */
  #parenthesis(): void {
    const start = this.#at;
    let open = 1;
    let quote = '';
    for (; this.#at < this.#text.length && open > 0; this.#at += 1) {
      const one = this.#peek();
      if (one === '\\' && quote !== "'") this.#at += 1;
      else if (quote !== '') quote = one === quote ? '' : quote;
      else if (one === "'" || one === '"') quote = one;
      else if (one === '(') open += 1;
      else if (one === ')') open -= 1;
    }
    this.#inner(this.#text.slice(start, open === 0 ? this.#at - 1 : this.#at));
  }

  #backticks(): void {
    let inner = '';
    for (this.#at += 1; this.#at < this.#text.length && this.#peek() !== '`'; this.#at += 1) {
      if (this.#peek() === '\\') this.#at += 1;
      inner += this.#peek();
    }
    this.#at += 1;
    this.#inner(inner);
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
      // ANSI-C quoting can write any character.
      this.#add('', false);
    } else if (next === '"' && !isQuoted) {
      this.#add('');
    } else if (/[\w{@*#?$!-]/.test(next)) {
      this.#add('$', false);
    } else this.#add('$');
  }

  #double(): void {
    this.#at += 1;
    this.#add('');
    while (this.#at < this.#text.length && this.#peek() !== '"') {
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
    this.#at += 1;
  }

  #single(): void {
    const end = this.#text.indexOf("'", this.#at + 1);
    this.#add(this.#text.slice(this.#at + 1, end < 0 ? undefined : end));
    this.#at = end < 0 ? this.#text.length : end + 1;
  }

  #redirection(): void {
    this.isPlain = false;
    if (this.#word !== null && /^\d+$/.test(this.#word.text)) this.#word = null;
    this.#endWord();
    this.#at += 1;
    if (this.#peek() === '(') {
      this.#at += 1;
      this.#parenthesis();
      this.#add('', false);
      return;
    }
    while (/[<>&|-]/.test(this.#peek())) this.#at += 1;
    this.#isTarget = true;
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
      if (this.#peek(1) !== '\n') this.#add(this.#peek(1));
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
      this.#endCommand();
    } else if (one === '&' && this.#peek() !== '&' && this.#peek(-2) !== '&') {
      // What runs in the background continues beside what follows.
      this.isPlain = false;
      this.#endCommand();
    } else if (/[;&|\n\r]/.test(one)) this.#endCommand();
    else this.#add(one, !/[*?[\]{}~]/.test(one));
  }
}

/** Reads a text as POSIX shells and bash do, and takes for uncertain what only running it would show. */
export const readShell = (text: string, depth = 0): ShellText => new Reader(text, depth).read();
