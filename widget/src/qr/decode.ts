// QR codes out of pixels: jsQR, and where it finds none, ZXing in WebAssembly. Loaded when somebody scans, not before.
import jsQR from "jsqr";
import type { Picture } from "../capture/quality";

/** What the code says, or null. `thorough` asks ZXing too: for photos, and now and then for the camera. */
export async function decode(picture: Picture, thorough: boolean): Promise<string | null> {
  const found = jsQR(picture.data, picture.width, picture.height, { inversionAttempts: thorough ? "attemptBoth" : "dontInvert" });
  if (found?.data) return found.data;
  return thorough ? (await import("./zxing")).decodeThoroughly(picture).catch(() => null) : null;
}
