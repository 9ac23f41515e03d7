/** As long as a double click takes. */
const settlingMs = 400;

/** Whether a click is the second of a double click: where the first was answered at once, it lands on what is next, unread. */
export const isSecondPress = ({ detail }: MouseEvent): boolean => detail > 1;

/** Whether a click was meant for what stood there before `movedAt`. What the keyboard presses is never meant for another. */
export const missesMoved = ({ detail, timeStamp }: MouseEvent, movedAt: number): boolean =>
  detail > 0 && timeStamp - movedAt < settlingMs;
