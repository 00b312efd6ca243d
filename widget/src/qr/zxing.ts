// The second stage: slower to load, and reads what is small, tilted or bent.
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";
import type { Picture } from "../capture/quality";

// By default the package would fetch it from a foreign server.
prepareZXingModule({ overrides: { locateFile: (path: string, prefix: string) => (path.endsWith(".wasm") ? wasm : prefix + path) } });

export async function decodeThoroughly(picture: Picture): Promise<string | null> {
  const image = new ImageData(new Uint8ClampedArray(picture.data), picture.width, picture.height);
  const found = await readBarcodes(image, { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 1 });
  return found[0]?.isValid ? found[0].text : null;
}
