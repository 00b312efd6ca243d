import { expect, test } from "vitest";
import { forget, gate, keep, readingOf, UNREAD } from "./reading";

function storage(): Storage {
  const values = new Map<string, string>();
  return { getItem: (key: string) => values.get(key) ?? null, setItem: (key: string, value: string) => void values.set(key, value), removeItem: (key: string) => void values.delete(key) } as Storage;
}

test("同意 stays shut until the time has passed, the end was seen, and the server knows", () => {
  const begun = { ...UNREAD, opened: true };
  expect(gate({ ...begun, spent: 3200 }, 10)).toEqual({ left: 7 });
  expect(gate({ ...begun, spent: 10_000 }, 10)).toBe("scroll");
  expect(gate({ ...begun, spent: 10_000, place: 1 }, 10)).toBe("noting");
  expect(gate({ ...begun, spent: 10_000, place: 1, reached: true }, 10)).toBeNull();
});

test("who scrolls to the end at once still waits", () => {
  expect(gate({ ...UNREAD, opened: true, place: 1, reached: true }, 10)).toEqual({ left: 10 });
});

test("reading goes on where it was left, for the same text alone", () => {
  const kept = storage();
  keep("a".repeat(64), { opened: true, reached: false, spent: 5000, place: 0.5 }, kept);
  expect(readingOf("a".repeat(64), kept)).toEqual({ opened: true, reached: false, spent: 5000, place: 0.5 });
  expect(readingOf("b".repeat(64), kept)).toEqual(UNREAD);
  forget("a".repeat(64), kept);
  expect(readingOf("a".repeat(64), kept)).toEqual(UNREAD);
});

test("a broken note counts as nothing read", () => {
  const kept = storage();
  kept.setItem("reading:x", "{oops");
  expect(readingOf("x", kept)).toEqual(UNREAD);
});
