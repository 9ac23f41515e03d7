/** Something that a tool returned, or that the prompt holds, with its place. */
export type Found = {
  /** A path, or the address of a page. */
  file?: string;
  line?: number;
  /** Exactly as it stands there. */
  quote?: string;
  title: string;
  /** Why it is here, or what became of it. */
  note: string;
  /** 0 low to 3 critical. */
  severity?: number;
  category?: string;
  /** Whether it stood a check. */
  holds?: boolean;
  /** Nobody here can tell whether it holds. */
  isOpen?: boolean;
  /** What the prompt calls it. */
  number?: number;
  /** Its other fields, as the prompt gave them. */
  raw?: Record<string, unknown>;
};

export type Evidence = {
  /** What was asked, in a few words. */
  about: string;
  /** Best first. */
  found: Found[];
  /** What one would search for. */
  queries: string[];
  summary: string;
};

export const placeOf = ({ file, line }: Found): string | undefined =>
  file === undefined ? undefined : line === undefined || /^https?:/.test(file) ? file : `${file}:${line}`;

export const sentenceOf = (found: Found): string => {
  const place = placeOf(found);
  if (place === undefined) return found.note || found.title;
  return found.quote === undefined ? `${place}: ${found.note}` : `${place} reads: “${found.quote}”`;
};
