// A QR code out of a picture file.
import { pixels, withImage } from "../capture/prepare";
import { decode } from "./decode";

const SIDES = [1000, 1800]; // px; a code may be small on a large poster

/** The code's content; null when none was found in it. */
export function contentOf(file: Blob): Promise<string | null> {
  return withImage(file, async (image, size) => {
    for (const side of SIDES) {
      const content = await decode(pixels(image, size, side), true);
      if (content) return content;
    }
    return null;
  });
}
