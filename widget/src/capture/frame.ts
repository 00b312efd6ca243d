// Where the guide stands on the screen, and which part of the camera's picture lies under it.

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export type Shape = "card" | "paper" | "square";

const RATIO: Record<Shape, number> = { card: 85.6 / 54, paper: 3 / 2, square: 1 }; // ISO/IEC 7810 ID-1
const SHARE = 0.9; // of the screen
const AROUND = 0.14; // kept beside the guide: a card that touches the photo's edge counts as cut off

/** The guide in a view of that size, in the view's pixels. */
export function guide(shape: Shape, view: { width: number; height: number }): Box {
  const ratio = RATIO[shape];
  const width = Math.min(view.width * SHARE, view.height * 0.62 * ratio, shape === "square" ? 320 : 640);
  const height = width / ratio;
  return { left: (view.width - width) / 2, top: (view.height - height) * 0.42, width, height };
}

/** The part of a `video` (in its own pixels) that the guide shows when the video covers the view, with some room around. */
export function cut(guideBox: Box, view: { width: number; height: number }, video: { width: number; height: number }): Box {
  const scale = Math.max(view.width / video.width, view.height / video.height);
  const [hiddenX, hiddenY] = [(video.width * scale - view.width) / 2, (video.height * scale - view.height) / 2];
  const room = guideBox.width * AROUND;
  const left = Math.max(0, (guideBox.left - room + hiddenX) / scale);
  const top = Math.max(0, (guideBox.top - room + hiddenY) / scale);
  const right = Math.min(video.width, (guideBox.left + guideBox.width + room + hiddenX) / scale);
  const bottom = Math.min(video.height, (guideBox.top + guideBox.height + room + hiddenY) / scale);
  return { left: Math.round(left), top: Math.round(top), width: Math.round(right - left), height: Math.round(bottom - top) };
}

/** The size at which neither side is longer than `most`; never enlarged. */
export function within(most: number, size: { width: number; height: number }): { width: number; height: number } {
  const scale = Math.min(1, most / Math.max(size.width, size.height));
  return { width: Math.max(1, Math.round(size.width * scale)), height: Math.max(1, Math.round(size.height * scale)) };
}
