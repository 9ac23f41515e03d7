/** Bytes that are not what they claim to be, or not all of it. The message says why, without a name. */
export class Damaged extends Error {
  override readonly name = 'Damaged';
}
