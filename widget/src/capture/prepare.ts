// A photo made fit to send: upright, not larger than the reading needs, and looked at before it leaves the phone.
import { within } from "./frame";
import { WORK_SIDE, complaints, type Complaint, type Picture } from "./quality";

const SENT_SIDE = 2400; // px; what the recogniser can use
const SMALL_ENOUGH = 1_500_000; // bytes
const JPEG_QUALITY = 0.9;
const TAKEN_AS_THEY_ARE = ["image/jpeg", "image/png", "image/webp"]; // of the server; Safari shows HEIC and AVIF too

export interface Prepared {
  photo: Blob;
  complaints: Complaint[];
}

interface Size {
  width: number;
  height: number;
}

type Source = HTMLImageElement | HTMLCanvasElement | HTMLVideoElement;

/** Shrink and judge a file. One that this browser cannot read (HEIC in Chrome) goes as it is: the server says what is wrong. */
export async function prepareFile(file: Blob, plain: boolean): Promise<Prepared> {
  try {
    return await withImage(file, async (image, size) => {
      const found = complaints(pixels(image, size, WORK_SIDE), Math.max(size.width, size.height), plain);
      const small = Math.max(size.width, size.height) <= SENT_SIDE && file.size <= SMALL_ENOUGH;
      const fits = small && TAKEN_AS_THEY_ARE.includes(file.type);
      return { photo: fits ? file : await jpeg(draw(image, size, SENT_SIDE)), complaints: found };
    });
  } catch {
    return { photo: file, complaints: [] };
  }
}

/** Decode a picture file for the time of `use`; `size` is the picture's own, upright. Rejects what this browser cannot read. */
export async function withImage<T>(file: Blob, use: (image: HTMLImageElement, size: Size) => Promise<T>): Promise<T> {
  const image = new Image();
  const address = URL.createObjectURL(file);
  try {
    image.src = address;
    await image.decode();
    return await use(image, { width: image.naturalWidth, height: image.naturalHeight });
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** The same for what the camera shows inside `canvas`. */
export async function prepareCanvas(canvas: HTMLCanvasElement, plain: boolean): Promise<Prepared> {
  const found = complaints(pixels(canvas, canvas, WORK_SIDE), Math.max(canvas.width, canvas.height), plain);
  return { photo: await jpeg(draw(canvas, canvas, SENT_SIDE)), complaints: found };
}

/** The pixels of a source, shrunk to at most `most` a side. */
export function pixels(source: Source, size: Size, most: number): Picture {
  const canvas = draw(source, size, most);
  return canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
}

function draw(source: Source, size: Size, most: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, within(most, size));
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.fillStyle = "#fff"; // JPEG knows no transparency
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function jpeg(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((done, fail) => {
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no JPEG"))), "image/jpeg", JPEG_QUALITY);
  });
}
