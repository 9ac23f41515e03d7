import type { Box, Point } from './layout.ts';

/** Where a drawing is seen: its point (0, 0) is at `x`, `y` of the frame, and everything is `scale` times as large. */
export type Viewport = Point & { scale: number };
export type Size = { width: number; height: number };

export const scales = { least: 0.02, most: 2 };
const margin = 24;

const within = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

/** All of the drawing in the middle of the frame, never larger than life. */
export const fitting = (drawing: Size, frame: Size): Viewport => {
  const room = { width: Math.max(1, frame.width - 2 * margin), height: Math.max(1, frame.height - 2 * margin) };
  const scale = within(Math.min(room.width / drawing.width, room.height / drawing.height), scales.least, 1);
  return { scale, x: (frame.width - drawing.width * scale) / 2, y: (frame.height - drawing.height * scale) / 2 };
};

/** How large the whole is shown. */
export const fittingScale = (drawing: Size, frame: Size): number => fitting(drawing, frame).scale;

/** The point of the frame stays where it is. */
export const zoomed = (from: Viewport, factor: number, at: Point): Viewport => {
  const scale = within(from.scale * factor, scales.least, scales.most);
  const grown = scale / from.scale;
  return { scale, x: at.x - (at.x - from.x) * grown, y: at.y - (at.y - from.y) * grown };
};

const shift = (from: number, size: number, room: number): number => {
  if (from < margin) return margin - from;
  const over = from + size - (room - margin);
  return over > 0 ? -Math.min(over, from - margin) : 0;
};

/** Moved as little as possible for the box to be seen. */
export const revealing = (from: Viewport, box: Box, frame: Size): Viewport => ({
  ...from,
  x: from.x + shift(from.x + box.x * from.scale, box.width * from.scale, frame.width),
  y: from.y + shift(from.y + box.y * from.scale, box.height * from.scale, frame.height),
});

/** `near`: words can be read; `mid`: names; `far`: names that are drawn larger; `dots`: no words. */
export const distanceOf = ({ scale }: Viewport): 'near' | 'mid' | 'far' | 'dots' =>
  scale >= 0.65 ? 'near' : scale >= 0.42 ? 'mid' : scale >= 0.2 ? 'far' : 'dots';
