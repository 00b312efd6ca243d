import { beforeEach, describe, expect, test, vi } from "vitest";
import { isAfter } from "../transport/position";
import { contrast, lightened } from "./colours";
import * as drafts from "./drafts";

describe("colours", () => {
  test("have the contrast that WCAG gives as examples", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 1);
    expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
  });

  test("of every company become readable on the dark page", () => {
    for (const colour of ["#0b4f85", "#0f665a", "#7a0000", "#000000"]) {
      expect(contrast(lightened(colour, "#18212a", 4.5), "#18212a")).toBeGreaterThanOrEqual(4.5);
    }
  });
});

describe("positions", () => {
  test("are compared as numbers, not as text", () => {
    expect(isAfter("10-0", "9-5")).toBe(true);
    expect(isAfter("10-10", "10-9")).toBe(true);
    expect(isAfter("10-9", "10-9")).toBe(false);
  });
});

describe("unsent words", () => {
  const shelf = new Map<string, string>();
  beforeEach(() => {
    shelf.clear();
    vi.stubGlobal("localStorage", {
      getItem: (name: string) => shelf.get(name) ?? null,
      setItem: (name: string, value: string) => shelf.set(name, value),
      removeItem: (name: string) => shelf.delete(name),
    });
  });

  test("are kept until they were sent", () => {
    drafts.keep("talk", "c1", "我要改结算账户");
    expect(drafts.kept("talk").map((one) => one.words)).toEqual(["我要改结算账户"]);
    drafts.drop("talk", "c1");
    expect(shelf.size).toBe(0);
  });

  test("are never kept when a number is among them", () => {
    for (const words of ["11010519491231002X", "卡号 6217 0000 1234", "验证码135790", "１３８００００１１１１"]) drafts.keep("talk", words, words);
    expect(shelf.size).toBe(0);
  });

  test("of another conversation are nobody's", () => {
    drafts.keep("talk", "c1", "我的话");
    expect(drafts.kept("other")).toEqual([]);
  });
});
