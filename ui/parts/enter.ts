/** Safari reports the Enter that ends a composition as a key of its own, and only this code tells. */
const compositionCode = 229;
const touch = matchMedia('(hover: none) and (pointer: coarse)');

/** Whether a key belongs to an input method that composes a word, as for Japanese or Chinese. */
export const composes = ({ isComposing, keyCode }: KeyboardEvent): boolean =>
  isComposing || keyCode === compositionCode;

/** Whether a key sends what is written. A touch keyboard has no Shift Enter: there Enter begins a new line. */
export const sends = (event: KeyboardEvent): boolean => {
  if (event.key !== 'Enter' || event.shiftKey || composes(event)) return false;
  return !touch.matches || event.ctrlKey || event.metaKey || !(event.target instanceof HTMLTextAreaElement);
};
