// How the customer wants the page: type size and colours. Kept on this device; nothing personal.
import { effect, signal } from "@preact/signals";
import { elderMode } from "../texts";

export type Scheme = "auto" | "light" | "dark";

export const scheme = signal<Scheme>("auto");
export const dark = signal(false);

const KEPT = "settlement-account-display";
const system = matchMedia("(prefers-color-scheme: dark)");

/** Take up what was chosen before, or what the embedding page asks for (`?display=elder`, `?scheme=dark`). */
export function begin(asked: URLSearchParams): void {
  const kept = read();
  elderMode.value = asked.get("display") === "elder" || kept.elder === true;
  const wanted = asked.get("scheme") ?? kept.scheme;
  scheme.value = wanted === "dark" || wanted === "light" ? wanted : "auto";
  effect(() => {
    dark.value = scheme.value === "dark" || (scheme.value === "auto" && system.matches);
    const root = document.documentElement;
    root.dataset["colorScheme"] = dark.value ? "dark" : "light";
    root.toggleAttribute("data-elder", elderMode.value);
    write({ elder: elderMode.value, scheme: scheme.value });
  });
  // Old Safari knows no addEventListener here.
  system.addEventListener?.("change", () => {
    dark.value = scheme.value === "auto" ? system.matches : dark.value;
    document.documentElement.dataset["colorScheme"] = dark.value ? "dark" : "light";
  });
}

function read(): { elder?: boolean; scheme?: string } {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "{}") as { elder?: boolean; scheme?: string };
  } catch {
    return {}; // a browser that forbids storage, or something else's entry
  }
}

function write(chosen: { elder: boolean; scheme: Scheme }): void {
  try {
    localStorage.setItem(KEPT, JSON.stringify(chosen));
  } catch {
    // It then lasts until the page is left.
  }
}
