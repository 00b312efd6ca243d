import { expect, test } from "vitest";
import { isOurs } from "./format";

test("only our own codes count, never an address to follow", () => {
  expect(isOurs(`settlement-account:0127:1:${"0a".repeat(16)}`)).toBe(true);
  expect(isOurs("https://example.com/settlement-account:0127")).toBe(false);
  expect(isOurs(`settlement-account:0127:1:${"0A".repeat(16)}`)).toBe(false);
});
