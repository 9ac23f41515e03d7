import type { Part, TextBlock } from './model/text-blocks.ts';

type TableBlock = Extract<TextBlock, { kind: 'table' }>;
type Sanitise = (html: string, parts: readonly Part[]) => DocumentFragment;

/** Bodies that are drawn at first, and with each press of the button. */
const bodiesAtOnce = 4;

/** A table, of which the first rows are drawn, and a button for more of them. */
class Table {
  readonly frame = document.createElement('div');
  private readonly table: HTMLTableElement;
  private readonly more = document.createElement('button');
  private readonly sanitise: Sanitise;
  private block: TableBlock;
  /** The HTML of each body that is drawn. */
  private drawn: string[] = [];
  private wanted = bodiesAtOnce;

  constructor(block: TableBlock, sanitise: Sanitise) {
    this.block = block;
    this.sanitise = sanitise;
    this.frame.className = 'table';
    this.frame.tabIndex = 0;
    this.table = sanitise(block.head, block.parts).querySelector('table') ?? document.createElement('table');
    this.more.type = 'button';
    this.more.addEventListener('click', () => {
      this.wanted += bodiesAtOnce;
      this.draw();
    });
    this.frame.append(this.table, this.more);
    this.draw();
  }

  /** False where the head is another one: then the table is made anew. */
  grow(block: TableBlock): boolean {
    if (block.head !== this.block.head || block.bodies.length < this.drawn.length) return false;
    this.block = block;
    this.draw();
    return true;
  }

  private draw(): void {
    const { bodies, parts, rows } = this.block;
    for (const [at, html] of bodies.slice(0, this.wanted).entries()) {
      if (this.drawn[at] === html) continue;
      const body = this.sanitise(html, parts).querySelector('tbody') ?? document.createElement('tbody');
      const before = this.table.tBodies[at];
      if (before) before.replaceWith(body);
      else this.table.append(body);
      this.drawn[at] = html;
    }
    const left = rows - [...this.table.tBodies].reduce((sum, body) => sum + body.rows.length, 0);
    this.more.hidden = left <= 0;
    this.more.textContent = `Show more rows (${left.toLocaleString('en')} left)`;
  }
}

const tables = new WeakMap<Node, Table>();

export const createTable = (block: TableBlock, sanitise: Sanitise): Node => {
  const table = new Table(block, sanitise);
  tables.set(table.frame, table);
  return table.frame;
};

/** Gives a table its new rows; false where it must be made anew. */
export const growTable = (node: Node, block: TableBlock): boolean => tables.get(node)?.grow(block) ?? false;
