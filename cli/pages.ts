/** Rows of a list that comes in pages, up to `limit`. */
export const readPages = async <Row>(
  limit: number,
  read: (page: { cursor?: string; limit: number }) => Promise<{ rows: Row[]; nextCursor: string | null }>,
  pageSize = 200,
): Promise<Row[]> => {
  const all: Row[] = [];
  let cursor: string | null = null;
  do {
    const size = Math.min(pageSize, limit - all.length);
    const page = await read({ limit: size, ...(cursor === null ? {} : { cursor }) });
    all.push(...page.rows);
    cursor = page.nextCursor;
  } while (cursor !== null && all.length < limit);
  return all;
};
