import { type AttachmentLine, sessionFileLimits } from '../../contracts/session-file.ts';

/** An attachment as lines of a session's file. */
export const linesOf = (id: string, bytes: Buffer): AttachmentLine[] => {
  const { piece } = sessionFileLimits;
  const parts = Math.max(1, Math.ceil(bytes.length / piece));
  return Array.from({ length: parts }, (_, index) => ({
    type: 'attachment',
    id,
    part: index + 1,
    parts,
    data: bytes.subarray(index * piece, (index + 1) * piece).toString('base64'),
  }));
};

export type FoundAttachment = { id: string; bytes: Buffer; line: number };

/** Puts the attachments of a file together. `refuse` throws for the line that is wrong. */
export const createAttachmentOrder = (refuse: (line: number, why: string) => Error) => {
  const whole = new Map<string, FoundAttachment>();
  let open: { id: string; parts: number; pieces: Buffer[] } | null = null;

  return {
    add({ id, part, parts, data }: AttachmentLine, line: number): void {
      if (whole.has(id)) throw refuse(line, `attachment ${id} a second time`);
      if (whole.size >= sessionFileLimits.attachments)
        throw refuse(line, `more than ${sessionFileLimits.attachments} attachments`);
      const expected: { id: string; parts: number; pieces: Buffer[] } = open ?? { id, parts, pieces: [] };
      if (expected.id !== id || expected.parts !== parts || part !== expected.pieces.length + 1)
        throw refuse(line, `expected part ${expected.pieces.length + 1} of attachment ${expected.id}`);
      expected.pieces.push(Buffer.from(data, 'base64'));
      open = expected;
      if (part < parts) return;
      whole.set(id, { id, bytes: Buffer.concat(expected.pieces), line });
      open = null;
    },

    /** `needed`: the attachments that chunks name, and the line of the first that does. */
    end(needed: ReadonlyMap<string, number>, line: number): FoundAttachment[] {
      if (open) throw refuse(line, `attachment ${open.id} is not whole`);
      for (const [id, at] of needed) if (!whole.has(id)) throw refuse(at, `attachment ${id} is not in the file`);
      for (const found of whole.values())
        if (!needed.has(found.id)) throw refuse(found.line, `no chunk names the attachment ${found.id}`);
      return [...whole.values()];
    },

    count: (): number => whole.size,
  };
};
