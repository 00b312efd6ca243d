// Which component draws which card. A card that is not named here is left out: its message's words say enough.
import type { Registry } from "./types";

export const registry: Registry = {};
