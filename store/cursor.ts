import { EverturnError } from '../contracts/errors.ts';

/** Of a list in an order: the last row's place in it, and its key, which decides between equal places. */
export type Cursor = { place: string; key: string };

export const encodeCursor = ({ place, key }: Cursor): string => Buffer.from(`${place} ${key}`).toString('base64url');

export const invalidCursor = (cursor: string): EverturnError =>
  new EverturnError('bad_request', `Invalid cursor ${cursor}. Pass a page's nextCursor, or leave it out`);

/** Throws `bad_request` for what no page has given. */
export const decodeCursor = (cursor: string, isPlace: (place: string) => boolean): Cursor => {
  const [place = '', key = ''] = Buffer.from(cursor, 'base64url').toString().split(' ', 2);
  if (key !== '' && isPlace(place)) return { place, key };
  throw invalidCursor(cursor);
};

export const isMoment = (place: string): boolean => place !== '' && !Number.isNaN(Date.parse(place));
