import { expect, test } from "vitest";
import { covered, grouped, idSlip, luhnFits, tidyId } from "./numbers";

test("an ID number with a wrong last sign is told at once", () => {
  expect(idSlip("11010519491231002X")).toBeNull();
  expect(idSlip("110105194912310021")).toEqual({ kind: "checksum" });
  expect(idSlip("1101051949123100")).toEqual({ kind: "too_short", missing: 2 });
});

test("what is no mainland ID number is left to the server's own sentence", () => {
  expect(idSlip("H12345678")).toBeNull();
  expect(idSlip("110105491231002")).toBeNull(); // first generation
  expect(idSlip("11010519491231002X9")).toBeNull();
});

test("spaces and a small x are tidied, as a keyboard's suggestions leave them", () => {
  expect(tidyId(" 110105 19491231 002x ")).toBe("11010519491231002X");
});

test("an onlooker sees neither birthday nor serial number", () => {
  expect(covered("11010519491231002X")).toBe("110105•••••••••••X");
  expect(covered("1101051949123")).toHaveLength(13);
  expect(covered("110105194912310")).not.toContain("1949");
});

test("a card number stands in groups of four, as on the card", () => {
  expect(grouped("6222021234567890123")).toBe("6222 0212 3456 7890 123");
});

test("a slip in a card number asks to look again", () => {
  expect(luhnFits("6222020000000000")).toBe(false);
  expect(luhnFits("4111111111111111")).toBe(true);
  expect(luhnFits("")).toBe(false);
});
