// What can be seen to be wrong with a photo before it is sent. Advice alone: the server's reading decides.
// Limits measured on the specimens and fixtures (1 ≙ the picture shrunk to WORK_SIDE): readable photos 78 and more, blurred ones 1…24.

/** RGBA, as a canvas gives it. */
export interface Picture {
  data: Uint8ClampedArray;
  width: number;
  height: number;
}

export type Complaint = "too_small" | "dark" | "glare" | "blur";

export const WORK_SIDE = 800;
const LEAST_SIDE = 700; // px of the photo's long side: less cannot hold a card's small print
const SHARP = 40;
const TILES = 6;
const FLAT = 60; // variance below which a tile shows nothing that could be sharp
const BURNT = 252;
const GLARE_SHARE = 0.12; // a readable photo had 0.11
const DARK = 60; // brightness that 95 % of the picture stays below

/** Brightness 0…255 of each pixel. */
export function greyOf({ data, width, height }: Picture): Float32Array {
  const grey = new Float32Array(width * height);
  for (let i = 0; i < grey.length; i += 1) {
    grey[i] = 0.299 * data[4 * i]! + 0.587 * data[4 * i + 1]! + 0.114 * data[4 * i + 2]!;
  }
  return grey;
}

/** Edge energy over contrast (variance of the Laplacian by variance, ×1000) of the sharper tiles: the card, not the table under it. */
export function sharpness(grey: Float32Array, width: number, height: number): number {
  const found: number[] = [];
  const edges = (n: number, of: number) => Math.floor((n * (of - 2)) / TILES) + 1;
  for (let row = 0; row < TILES; row += 1) {
    for (let column = 0; column < TILES; column += 1) {
      const tile = energy(grey, width, edges(column, width), edges(column + 1, width), edges(row, height), edges(row + 1, height));
      if (tile !== null) found.push(tile);
    }
  }
  found.sort((a, b) => a - b);
  return found[Math.min(found.length - 1, Math.floor(found.length * 0.9))] ?? 0;
}

function energy(grey: Float32Array, width: number, left: number, right: number, top: number, bottom: number): number | null {
  const [light, edge] = [new Spread(), new Spread()];
  for (let y = top; y < bottom; y += 1) {
    for (let at = y * width + left, end = y * width + right; at < end; at += 1) {
      light.add(grey[at]!);
      edge.add(grey[at - 1]! + grey[at + 1]! + grey[at - width]! + grey[at + width]! - 4 * grey[at]!);
    }
  }
  return light.variance > FLAT ? (1000 * edge.variance) / light.variance : null;
}

class Spread {
  private count = 0;
  private sum = 0;
  private squares = 0;
  add(value: number): void {
    this.count += 1;
    this.sum += value;
    this.squares += value * value;
  }
  get variance(): number {
    const mean = this.sum / (this.count || 1);
    return this.squares / (this.count || 1) - mean * mean;
  }
}

/** Share of the largest burnt-out patch inside the picture, 0…1; one that reaches the border is a white table or sheet. */
export function glare(grey: Float32Array, width: number, height: number): number {
  const seen = new Uint8Array(grey.length);
  let largest = 0;
  for (let start = 0; start < grey.length; start += 1) {
    if (seen[start] || grey[start]! < BURNT) continue;
    let [size, border] = [0, false];
    const open = [start];
    seen[start] = 1;
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const [x, y] = [at % width, Math.floor(at / width)];
      size += 1;
      border ||= x === 0 || y === 0 || x === width - 1 || y === height - 1;
      const around = [x > 0 ? at - 1 : -1, x < width - 1 ? at + 1 : -1, at - width, at + width];
      for (const next of around) {
        if (next < 0 || next >= grey.length || seen[next] || grey[next]! < BURNT) continue;
        seen[next] = 1;
        open.push(next);
      }
    }
    if (!border) largest = Math.max(largest, size);
  }
  return largest / (grey.length || 1);
}

/** Brightness that 95 % of the pixels stay below. */
export function brightness(grey: Float32Array): number {
  const sorted = Float32Array.from(grey).sort();
  return sorted[Math.floor(sorted.length * 0.95)] ?? 0;
}

/**
 * What to mend, the weightiest first. `picture` has at most WORK_SIDE pixels a side; `longSide` is the photo's own.
 * `plain` is for a signature on paper and a QR code, where large white patches are as they should be.
 */
export function complaints(picture: Picture, longSide: number, plain = false): Complaint[] {
  const grey = greyOf(picture);
  const found: Complaint[] = [];
  if (longSide < LEAST_SIDE) found.push("too_small");
  if (brightness(grey) < DARK) found.push("dark");
  else if (sharpness(grey, picture.width, picture.height) < SHARP) found.push("blur");
  if (!plain && glare(grey, picture.width, picture.height) > GLARE_SHARE) found.push("glare");
  return found;
}
