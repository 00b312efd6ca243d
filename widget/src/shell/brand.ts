// The futures company's look: its name, colour and logo, from its folder in brokers/.
import { effect, signal } from "@preact/signals";
import * as api from "../transport/api";
import { contrast, lightened } from "./colours";
import { dark } from "./settings";

export const brand = signal<api.Brand | null>(null);

const PAPER_DARK = "#18212a";
const READABLE = 4.5;

/** Ask whose customer this is now. A page without a company, or offline, keeps its own look. */
export async function refresh(): Promise<void> {
  try {
    brand.value = (await api.brand()).brand;
  } catch {
    // The look is no reason to disturb anybody.
  }
}

/** Paint the page in the company's colour, in either scheme. */
export function begin(): void {
  effect(() => {
    const root = document.documentElement.style;
    const colour = brand.value?.colour;
    for (const name of ["--brand", "--brand-text", "--brand-tint"]) root.removeProperty(name);
    const bar = document.querySelector<HTMLMetaElement>('meta[name="theme-color"]');
    if (colour && contrast(colour, "#ffffff") >= READABLE) {
      root.setProperty("--brand", colour);
      root.setProperty("--brand-text", dark.value ? lightened(colour, PAPER_DARK, READABLE) : colour);
      root.setProperty("--brand-tint", `${colour}${dark.value ? "40" : "1a"}`);
    }
    if (bar) bar.content = getComputedStyle(document.documentElement).getPropertyValue("--brand").trim();
  });
}
