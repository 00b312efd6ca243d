import { expect, test } from "vitest";
import { rootMeanSquare } from "./check";
import { DeviceFailure, reasonOf } from "./failure";
import { systemOf } from "./system";

test("a refusal, a missing device and a busy one are told apart", () => {
  const thrown = (name: string) => reasonOf(new DOMException("", name));
  expect(thrown("NotAllowedError")).toBe("not_allowed");
  expect(thrown("NotFoundError")).toBe("not_found");
  expect(thrown("NotReadableError")).toBe("not_readable");
  expect(reasonOf(new DeviceFailure("silent"))).toBe("silent");
  expect(reasonOf("?")).toBe("unsupported");
});

test("the phone's system is read from what the browser calls itself", () => {
  expect(systemOf("Mozilla/5.0 (Linux; Android 13; Mi 10) AppleWebKit/537.36 MicroMessenger/8.0")).toEqual({ system: "android", system_version: "13" });
  expect(systemOf("Mozilla/5.0 (iPhone; CPU iPhone OS 17_2_1 like Mac OS X)")).toEqual({ system: "ios", system_version: "17.2.1" });
  expect(systemOf("Mozilla/5.0 (X11; Linux x86_64)")).toEqual({ system: "other", system_version: "" });
});

test("a hum is louder than silence", () => {
  expect(rootMeanSquare(new Float32Array(64))).toBe(0);
  expect(rootMeanSquare(new Float32Array(64).fill(0.5))).toBeCloseTo(0.5);
});
