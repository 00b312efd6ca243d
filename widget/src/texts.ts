// All words of the page itself; what the assistant says comes from the server. The file is widget/texts.zh.json.
import { signal } from "@preact/signals";
import all from "../texts.zh.json";

const { elder, loader: _, ...standard } = all;

export type Texts = typeof standard;

/** Elder mode: large type, and shorter sentences where the texts have some. */
export const elderMode = signal(false);

const short = merged(standard, elder) as Texts;

/** The words of the mode that is on now; a component that calls this is drawn anew when the mode changes. */
export function texts(): Texts {
  return elderMode.value ? short : standard;
}

/** `fill("还需 {seconds} 秒", {seconds: 5})` */
export function fill(sentence: string, values: Record<string, string | number>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

function merged(base: object, over: object): object {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = result[key];
    result[key] = typeof value === "object" && typeof before === "object" && before ? merged(before, value as object) : value;
  }
  return result;
}
