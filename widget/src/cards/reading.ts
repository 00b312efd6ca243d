// How far a document has been read. Kept for the browser's session, so that closing the window or reloading the page loses nothing.

import type { Kept } from "./kept";

export interface Reading {
  /** The server noted that it was opened. */
  opened: boolean;
  /** The server noted that its end was reached. */
  reached: boolean;
  /** Time that it was open and visible, in ms. */
  spent: number;
  /** Where the customer was, as a share of its length, 0…1. */
  place: number;
}

export const UNREAD: Reading = { opened: false, reached: false, spent: 0, place: 0 };

const key = (sha256: string) => `reading:${sha256}`;

export function readingOf(sha256: string, kept: Kept): Reading {
  try {
    return { ...UNREAD, ...(JSON.parse(kept.getItem(key(sha256)) ?? "{}") as Partial<Reading>) };
  } catch {
    return UNREAD;
  }
}

export function keep(sha256: string, reading: Reading, kept: Kept): void {
  kept.setItem(key(sha256), JSON.stringify(reading));
}

/** Once it was agreed to, another case begins from nothing. */
export function forget(sha256: string, kept: Kept): void {
  kept.removeItem(key(sha256));
}

/** What still stands before 同意: the seconds left, then the end; null when nothing does. */
export function gate(reading: Reading, seconds: number): { left: number } | "scroll" | "noting" | null {
  const left = Math.ceil(seconds - reading.spent / 1000);
  if (left > 0) return { left };
  if (reading.place < 1) return "scroll";
  return reading.reached ? null : "noting";
}
