// A drawing of what the photo should show, with the rules that most photos fail by.
import { texts } from "../texts";
import type { PhotoKind } from "./types";

type Drawn = Exclude<PhotoKind, "qr">;
const PAPER = ["M14 12h68v3H14z", "M14 22h68v3H14z", "M14 32h56v3H14z", "M14 42h68v3H14z", "M14 52h40v3H14z"];

const LINES: Record<Drawn, string[]> = {
  id_front: ["M10 14h34v5H10z", "M10 25h26v4H10z", "M10 34h40v4H10z", "M10 42h30v4H10z", "M10 54h60v5H10z", "M70 16a9 9 0 1 1 0 18 9 9 0 0 1 0-18zm-14 32c0-14 28-14 28 0z"],
  id_back: ["M18 10a10 10 0 1 1 0 20 10 10 0 0 1 0-20z", "M36 14h50v6H36z", "M36 25h50v6H36z", "M26 42h46v4H26z", "M26 51h52v4H26z"],
  bank_card: ["M8 12h20v6H8z", "M10 26h12v10H10z", "M10 44h16v5H10zm20 0h16v5H30zm20 0h16v5H50zm20 0h18v5H70z", "M10 54h26v4H10z"],
  signature: ["M14 44c8-26 16-30 18-18 2 10-8 16-6 20 4 6 12-18 18-18s-4 18 2 18 8-14 12-14 0 12 6 12 8-8 18-10v3c-8 1-12 10-20 10-6 0-7-4-7-6-3 4-6 8-11 8-5 0-6-4-5-8-4 8-9 12-14 10-4-2-3-8 1-14 3-5 3-12-1-6-4 5-7 13-9 14z"],
  extra_1: PAPER,
  extra_2: PAPER,
};

export function Example({ kind }: { kind: Drawn }) {
  const T = texts().photo;
  return (
    <div class="example">
      <svg viewBox="0 0 96 66" class={kind === "signature" ? "paper" : ""} aria-hidden="true" focusable="false">
        <rect x="2" y="2" width="92" height="62" rx="5" />
        {LINES[kind].map((line) => (
          <path key={line} d={line} />
        ))}
      </svg>
      <ul>
        {(kind === "signature" ? T.paperRules : T.cardRules).split("|").map((rule) => (
          <li key={rule}>{rule}</li>
        ))}
      </ul>
    </div>
  );
}
