import { expect, test } from "vitest";
import type { ShownField } from "../contract";
import { lines, sharedStart, widthOf } from "./lines";

const fields = (...names: string[]) => names.map((name) => ({ name, label: name, value: "", editable: true, doubtful: false }) as ShownField);
const names = (found: ShownField[][]) => found.map((line) => line.map((field) => field.name));

test("short values that belong together share a line, in their order", () => {
  expect(names(lines(fields("name", "sex", "nation", "address", "valid_from", "valid_until")))).toEqual([["name"], ["sex", "nation"], ["address"], ["valid_from", "valid_until"]]);
  expect(names(lines(fields("nation", "sex", "valid_from")))).toEqual([["nation"], ["sex"], ["valid_from"]]);
});

test("what the second name of a line repeats is said once to the eye, and never all of it is left out", () => {
  expect(sharedStart("有效期起", "有效期止")).toBe(3);
  expect(sharedStart("性别", "民族")).toBe(0);
  expect(sharedStart("姓名", "姓名")).toBe(1);
});

test("a Chinese sign is as wide as two digits", () => {
  expect(widthOf("6217001234567890123")).toBe(19);
  expect(widthOf("湘西土家族苗族自治州公安局龙山分局")).toBe(34);
});
