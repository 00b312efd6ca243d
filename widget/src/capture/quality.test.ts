import { expect, test } from "vitest";
import { complaints, glare, greyOf, sharpness, type Picture } from "./quality";

const [WIDTH, HEIGHT] = [240, 160];

function picture(light: (x: number, y: number) => number): Picture {
  const data = new Uint8ClampedArray(WIDTH * HEIGHT * 4);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) data.fill(light(x, y), 4 * (y * WIDTH + x), 4 * (y * WIDTH + x) + 3);
  }
  return { data, width: WIDTH, height: HEIGHT };
}

const print = (x: number, y: number) => (Math.floor(x / 3) % 2 === Math.floor(y / 4) % 2 ? 200 : 90);
const smooth = (x: number, y: number) => 145 + 55 * Math.sin(x / 25) * Math.cos(y / 30);

test("sharp print passes, soft shapes are called blurred", () => {
  expect(complaints(picture(print), 2000)).toEqual([]);
  expect(complaints(picture(smooth), 2000)).toEqual(["blur"]);
});

test("sharpness does not fall with the light", () => {
  const bright = sharpness(greyOf(picture(print)), WIDTH, HEIGHT);
  const dim = sharpness(greyOf(picture((x, y) => print(x, y) / 2)), WIDTH, HEIGHT);
  expect(dim).toBeGreaterThan(bright * 0.7);
});

test("a dark photo is called dark, not blurred as well", () => {
  expect(complaints(picture((x, y) => print(x, y) / 5), 2000)).toEqual(["dark"]);
});

test("a burnt-out patch on the card is glare, a white table around it is not", () => {
  const patch = (x: number, y: number) => (Math.hypot(x - 120, y - 80) < 45 ? 255 : print(x, y));
  const table = (x: number, y: number) => (x < 60 || y < 40 ? 255 : print(x, y));
  expect(complaints(picture(patch), 2000)).toEqual(["glare"]);
  expect(complaints(picture(table), 2000)).toEqual([]);
  expect(glare(greyOf(picture(table)), WIDTH, HEIGHT)).toBe(0);
});

test("white paper around a signature is as it should be", () => {
  const patch = (x: number, y: number) => (Math.hypot(x - 120, y - 80) < 45 ? 255 : print(x, y));
  expect(complaints(picture(patch), 2000, true)).toEqual([]);
});

test("a small picture cannot hold small print", () => {
  expect(complaints(picture(print), 400)).toEqual(["too_small"]);
});
