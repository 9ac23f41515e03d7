const exportSection = 7;
const tableKind = 1;

/** The name under which {@link withTable} exports it. */
export const tableName = 'functions';

const readNumber = (bytes: Uint8Array, from: number): { value: number; next: number } => {
  let value = 0;
  let at = from;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value |= (byte & 127) << shift;
    if (byte < 128) return { value, next: at };
  }
};

const writeNumber = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...writeNumber(value >> 7)];

/**
 * The module with one export more: its table of functions, so that one of ours can be called from within (see
 * rejections.ts).
 */
export const withTable = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
  let at = 8;
  while (at < bytes.length) {
    const { value: size, next: start } = readNumber(bytes, at + 1);
    const end = start + size;
    if (bytes[at] === exportSection) {
      const { value: count, next: first } = readNumber(bytes, start);
      const name = [...tableName].map((letter) => letter.charCodeAt(0));
      const head = writeNumber(count + 1);
      const entry = [name.length, ...name, tableKind, 0];
      const length = writeNumber(head.length + (end - first) + entry.length);
      const parts = [bytes.subarray(0, at + 1), length, head, bytes.subarray(first, end), entry, bytes.subarray(end)];
      const made = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
      let to = 0;
      for (const part of parts) {
        made.set(part, to);
        to += part.length;
      }
      return made;
    }
    at = end;
  }
  throw new Error('The WebAssembly module of the engine exports nothing');
};
