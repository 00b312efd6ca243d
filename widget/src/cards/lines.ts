// Which values of a card share a line, and which need two.
import type { ShownField } from "../contract";
import { lastOf } from "../last";

/** Short values that belong together and share a line where it is wide enough. */
const PAIRS = [["sex", "nation"], ["valid_from", "valid_until"]];

/** The fields in their order, those of a pair together. */
export function lines(fields: ShownField[]): ShownField[][] {
  const found: ShownField[][] = [];
  for (const field of fields) {
    const before = lastOf(found);
    if (before?.length === 1 && PAIRS.some(([first, second]) => first === before[0]!.name && second === field.name)) before.push(field);
    else found.push([field]);
  }
  return found;
}

/** How many signs two names begin with alike; at least one of the second is left. */
export function sharedStart(one: string, other: string): number {
  let at = 0;
  while (at < other.length - 1 && one[at] === other[at]) at += 1;
  return at;
}

/** How wide a text is, in halves of a Chinese sign. */
export function widthOf(text: string): number {
  return Array.from(text).reduce((width, sign) => width + (sign > "\u2e7f" ? 2 : 1), 0);
}
