// The camera over the whole page: a guide to lay the card into, hints while it is held, and one tap to take it.
import { useEffect, useRef, useState } from "preact/hooks";
import { withMedia } from "../device/check";
import { reasonOf, type Reason } from "../device/failure";
import { isOurs } from "../qr/format";
import { openModal } from "../shell/modal";
import { texts } from "../texts";
import "./camera.css";
import { cut, guide, type Box, type Shape } from "./frame";
import { pixels, prepareCanvas, type Prepared } from "./prepare";
import { complaints, WORK_SIDE, type Complaint } from "./quality";

const LOOK_MS = 450;
const SCAN_MS = 250;
const THOROUGH_EVERY = 6; // scans

interface Props {
  shape: Shape;
  title: string;
  /** Also look for one of our QR codes, and hand over its content as soon as it is seen. */
  onCode?: (content: string) => void;
  onPhoto: (photo: Prepared) => void;
  onClose: () => void;
  onFailure: (reason: Reason) => void;
}

export function Camera({ shape, title, onCode, onPhoto, onClose, onFailure }: Props) {
  const T = texts().camera;
  const dialog = useRef<HTMLDialogElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [ready, setReady] = useState(false);
  const [hint, setHint] = useState<Complaint | "foreign" | null>(null);
  const [box, setBox] = useState<Box | null>(null);

  useEffect(() => {
    const open = dialog.current!;
    openModal(open);
    const place = () => setBox(guide(shape, view(open)));
    place();
    window.addEventListener("resize", place);
    return () => window.removeEventListener("resize", place);
  }, [shape]);

  useEffect(() => {
    let stop = () => {};
    let over = false;
    const ended = new Promise<void>((done) => (stop = done));
    // "none": the camera's own picture, neither cut nor scaled to these numbers.
    const own = { resizeMode: { ideal: "none" } } as MediaTrackConstraints;
    const wanted = { video: { facingMode: { ideal: "environment" }, width: { ideal: 2560 }, height: { ideal: 1440 }, ...own } };
    withMedia(wanted, async (media) => {
      if (over || !video.current) return;
      video.current.srcObject = media;
      await video.current.play();
      setReady(true);
      await ended;
    }).catch((error: unknown) => over || onFailure(reasonOf(error)));
    return () => {
      over = true;
      stop();
    };
  }, []);

  useEffect(() => {
    if (!ready) return;
    let over = false;
    let round = 0;
    async function look() {
      const seen = video.current;
      if (over || !seen?.videoWidth) return;
      round += 1;
      if (onCode) await scan(seen, round);
      else {
        const now = taken();
        setHint(complaints(pixels(now, now, WORK_SIDE), WORK_SIDE, shape !== "card")[0] ?? null);
      }
    }
    async function scan(seen: HTMLVideoElement, count: number) {
      const { decode } = await import("../qr/decode");
      const size = { width: seen.videoWidth, height: seen.videoHeight };
      const content = await decode(pixels(seen, size, WORK_SIDE), count % THOROUGH_EVERY === 0);
      if (over || !content) return;
      if (isOurs(content)) onCode!(content);
      else setHint("foreign");
    }
    const rest = onCode ? SCAN_MS : LOOK_MS;
    let timer = window.setTimeout(async function again() {
      await look().catch(() => undefined);
      if (!over) timer = window.setTimeout(again, rest);
    }, rest);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [ready]);

  /** What lies in the guide now, at the camera's own resolution. */
  function taken(): HTMLCanvasElement {
    const seen = video.current!;
    const size = { width: seen.videoWidth, height: seen.videoHeight };
    const from = onCode ? { left: 0, top: 0, ...size } : cut(guide(shape, view(dialog.current!)), view(dialog.current!), size);
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: from.width, height: from.height });
    canvas.getContext("2d")!.drawImage(seen, from.left, from.top, from.width, from.height, 0, 0, from.width, from.height);
    return canvas;
  }

  async function take() {
    onPhoto(await prepareCanvas(taken(), shape !== "card"));
  }

  return (
    <dialog ref={dialog} class="camera" aria-label={title} onCancel={onClose} onClose={onClose}>
      <video ref={video} muted playsInline aria-hidden="true" />
      {box && <div class={`guide shape-${shape}`} style={{ left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px`, height: `${box.height}px` }} />}
      <p class="camera-title">{title}</p>
      <p class="camera-hint" role="status">
        {ready ? (hint ? T[hint] : onCode ? T.scan : T[shape === "card" ? "card" : "paper"]) : T.opening}
      </p>
      <div class="camera-bar">
        <button type="button" class="button camera-cancel" onClick={onClose}>
          {T.cancel}
        </button>
        {!onCode && <button type="button" class="shutter" aria-label={T.take} disabled={!ready} onClick={() => void take()} />}
        <span />
      </div>
    </dialog>
  );
}

const view = (of: HTMLElement) => ({ width: of.clientWidth, height: of.clientHeight });
