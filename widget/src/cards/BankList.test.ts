import { expect, test } from "vitest";
import { matching } from "./BankList";

const BANKS = [
  { code: "CCB", name: "建设银行" },
  { code: "ABC", name: "农业银行" },
  { code: "CMB", name: "招商银行" },
];

test("a bank is found by its short name, a part of its name, and its code", () => {
  const names = (words: string) => matching(BANKS, words).map((bank) => bank.name);
  expect(names("建行")).toEqual(["建设银行"]);
  expect(names("招商")).toEqual(["招商银行"]);
  expect(names("abc")).toEqual(["农业银行"]);
  expect(names("")).toHaveLength(3);
  expect(names("花旗")).toEqual([]);
});
