/** The row of a statement that always gives one: an aggregate, or a function that returns one. */
export const one = <Row>([row]: readonly Row[]): Row => {
  if (row === undefined) throw new Error('A statement that gives one row gave none');
  return row;
};
