// A QR code out of a picture file.
import { pixels } from "../capture/prepare";
import { decode } from "./decode";

const SIDES = [1000, 1800]; // px; a code may be small on a large poster

/** The code's content; null when none was found in it. */
export async function contentOf(file: Blob): Promise<string | null> {
  const image = new Image();
  const address = URL.createObjectURL(file);
  try {
    image.src = address;
    await image.decode();
    const size = { width: image.naturalWidth, height: image.naturalHeight };
    for (const side of SIDES) {
      const content = await decode(pixels(image, size, side), true);
      if (content) return content;
    }
    return null;
  } finally {
    URL.revokeObjectURL(address);
  }
}
