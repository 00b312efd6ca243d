import { expect, test } from "vitest";
import { cut, guide, within } from "./frame";

const PHONE = { width: 390, height: 844 };

test("the guide has a bank card's proportions and lies on the screen", () => {
  const box = guide("card", PHONE);
  expect(box.width / box.height).toBeCloseTo(85.6 / 54);
  expect(box.left).toBeGreaterThan(0);
  expect(box.left + box.width).toBeLessThan(PHONE.width);
});

test("on a phone held sideways the guide still fits", () => {
  const box = guide("card", { width: 844, height: 390 });
  expect(box.top).toBeGreaterThan(0);
  expect(box.top + box.height).toBeLessThan(390);
});

test("what is taken is what lies in the guide, with room around it", () => {
  const video = { width: 1440, height: 2560 };
  const box = guide("card", PHONE);
  const part = cut(box, PHONE, video);
  const scale = Math.max(PHONE.width / video.width, PHONE.height / video.height);
  expect(part.width).toBeGreaterThan(box.width / scale);
  expect(part.left).toBeGreaterThanOrEqual(0);
  expect(part.left + part.width).toBeLessThanOrEqual(video.width);
  expect(part.top + part.height / 2).toBeCloseTo((box.top + box.height / 2) / scale, -1);
});

test("a picture is shrunk in proportion and never enlarged", () => {
  expect(within(2400, { width: 4800, height: 3600 })).toEqual({ width: 2400, height: 1800 });
  expect(within(2400, { width: 800, height: 600 })).toEqual({ width: 800, height: 600 });
});
