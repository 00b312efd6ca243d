// Operating system and its version, as far as the browser tells.
import type { Measured } from "../cards/types";

type System = Pick<Measured, "system" | "system_version">;

export function systemOf(agent: string): System {
  const android = /Android (\d+(?:\.\d+)*)/.exec(agent);
  if (android) return { system: "android", system_version: android[1]! };
  const ios = /(?:iPhone|iPad|iPod).*? OS (\d+(?:_\d+)*)/.exec(agent);
  if (ios) return { system: "ios", system_version: ios[1]!.replace(/_/g, ".") };
  return { system: "other", system_version: "" };
}
