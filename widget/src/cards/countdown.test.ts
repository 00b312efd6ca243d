import { expect, test } from "vitest";
import { endOf, secondsLeft } from "./countdown";

test("a reload does not begin the wait again", () => {
  const values = new Map<string, string>();
  const kept = { getItem: (key: string) => values.get(key) ?? null, setItem: (key: string, value: string) => void values.set(key, value) };
  const end = endOf("resend", 60, 1000, kept);
  expect(secondsLeft(end, 1000)).toBe(60);
  expect(secondsLeft(endOf("resend", 60, 31_000, kept), 31_000)).toBe(30);
  expect(secondsLeft(end, 99_000)).toBe(0);
});
