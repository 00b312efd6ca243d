// Seconds that run down, and go on running down when the page is opened anew.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { kept, type Kept } from "./kept";

/** When the wait ends, in ms; remembered by name, so that a reload does not begin it again. */
export function endOf(name: string, seconds: number, now: number, store: Pick<Kept, "getItem" | "setItem">): number {
  const key = `until:${name}`;
  const before = Number(store.getItem(key));
  if (before) return before;
  const end = now + seconds * 1000;
  store.setItem(key, String(end));
  return end;
}

export const secondsLeft = (end: number, now: number): number => Math.max(0, Math.ceil((end - now) / 1000));

interface Props {
  seconds: number;
  name: string;
  children: (left: number) => ComponentChildren;
}

export function Countdown({ seconds, name, children }: Props) {
  const [end] = useState(() => endOf(name, seconds, Date.now(), kept()));
  const [left, setLeft] = useState(secondsLeft(end, Date.now()));
  useEffect(() => {
    if (left <= 0) return;
    const timer = setInterval(() => setLeft(secondsLeft(end, Date.now())), 500);
    return () => clearInterval(timer);
  }, [left > 0]);
  return <>{children(left)}</>;
}
