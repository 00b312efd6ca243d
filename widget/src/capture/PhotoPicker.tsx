// Taking one photo: camera with a guide, or album; looked at on the phone before it is sent; sent with its progress shown.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Actions, PhotoKind } from "../cards/types";
import type { Reason } from "../device/failure";
import { fill, texts } from "../texts";
import { Camera } from "./Camera";
import type { Shape } from "./frame";
import { prepareFile, type Prepared } from "./prepare";

const SHAPES: Record<PhotoKind, Shape> = { id_front: "card", id_back: "card", bank_card: "card", signature: "paper", extra_1: "paper", extra_2: "paper", qr: "square" };

type Stage =
  | { at: "ready"; problem?: string }
  | { at: "camera" }
  | { at: "looking" }
  | { at: "doubt"; photo: Prepared; preview: string }
  | { at: "sending"; part: number };

interface Props {
  kind: PhotoKind;
  megabytes: number;
  act: Actions;
  disabled: boolean;
  /** Shown above the buttons, until there is a photo to look at. */
  children?: ComponentChildren;
}

export function PhotoPicker({ kind, megabytes, act, disabled, children }: Props) {
  const T = texts().photo;
  const [stage, setStage] = useState<Stage>({ at: "ready" });
  const album = useRef<HTMLInputElement>(null);
  const system = useRef<HTMLInputElement>(null);
  const shape = SHAPES[kind];
  const scans = kind === "qr";
  const ready = () => setStage({ at: "ready" });

  useEffect(() => () => { if (stage.at === "doubt") URL.revokeObjectURL(stage.preview); }, [stage]);

  async function send(photo: Blob) {
    if (photo.size > megabytes * 1_000_000) return setStage({ at: "ready", problem: fill(texts().message.tooLarge, { megabytes }) });
    setStage({ at: "sending", part: 0 });
    await act.photo(photo, kind, (part) => setStage({ at: "sending", part }));
    ready();
  }

  async function consider(found: Prepared) {
    if (!found.complaints.length) return send(found.photo);
    setStage({ at: "doubt", photo: found, preview: URL.createObjectURL(found.photo) });
  }

  async function chosen(input: HTMLInputElement) {
    const file = input.files?.[0];
    input.value = "";
    if (!file) return;
    setStage({ at: "looking" });
    if (scans) return codeIn(file);
    await consider(await prepareFile(file, shape !== "card"));
  }

  /** A code in a picture: read here if it can be, else the server looks. */
  async function codeIn(file: Blob) {
    const { contentOf } = await import("../qr/photo");
    const content = await contentOf(file).catch(() => null);
    if (content === null) return send((await prepareFile(file, true)).photo);
    await act.fields({ qr: content.slice(0, 200) }, "");
    ready();
  }

  function unavailable(reason: Reason) {
    setStage({ at: "ready", problem: texts().device[reason] });
  }

  const busy = disabled || stage.at === "looking" || stage.at === "sending";
  return (
    <div class="picker">
      {stage.at !== "doubt" && children}
      {stage.at === "doubt" ? (
        <Doubt stage={stage} again={() => setStage({ at: "camera" })} album={() => album.current!.click()} use={() => void send(stage.photo.photo)} disabled={disabled} />
      ) : (
        <div class="actions">
          <button type="button" class="button primary" disabled={busy} onClick={() => setStage({ at: "camera" })}>
            {scans ? T.scan : T.camera}
          </button>
          <button type="button" class="button secondary" disabled={busy} onClick={() => album.current!.click()}>
            {T.album}
          </button>
        </div>
      )}
      <p class="picker-state" role="status">
        {stage.at === "looking" && T.looking}
        {stage.at === "sending" && fill(T.sending, { percent: Math.round(stage.part * 100) })}
      </p>
      {stage.at === "ready" && stage.problem && (
        <div class="notice bad" role="alert">
          <p>{stage.problem}</p>
          <button type="button" class="button text" onClick={() => system.current!.click()}>
            {T.system}
          </button>
        </div>
      )}
      {stage.at === "camera" && (
        <Camera
          shape={shape}
          title={T[kind]}
          {...(scans ? { onCode: (content: string) => { ready(); void act.fields({ qr: content }, ""); } } : {})}
          onPhoto={(photo) => void consider(photo)}
          onClose={ready}
          onFailure={unavailable}
        />
      )}
      <input ref={album} class="unseen" type="file" accept="image/*" tabIndex={-1} aria-hidden="true" onChange={(event) => void chosen(event.currentTarget)} />
      <input ref={system} class="unseen" type="file" accept="image/*" capture="environment" tabIndex={-1} aria-hidden="true" onChange={(event) => void chosen(event.currentTarget)} />
    </div>
  );
}

interface DoubtProps {
  stage: Extract<Stage, { at: "doubt" }>;
  again: () => void;
  album: () => void;
  use: () => void;
  disabled: boolean;
}

/** The photo beside what is wrong with it; it may be used all the same. */
function Doubt({ stage, again, album, use, disabled }: DoubtProps) {
  const T = texts().photo;
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <div class="doubt-photo" role="group" aria-label={T.doubt}>
      <img src={stage.preview} alt={T.doubt} width={280} height={176} />
      <ul class="notice warn">
        {stage.photo.complaints.map((one) => (
          <li key={one}>{T[one]}</li>
        ))}
      </ul>
      <div class="actions">
        <button ref={first} type="button" class="button primary" disabled={disabled} onClick={again}>
          {T.again}
        </button>
        <button type="button" class="button secondary" disabled={disabled} onClick={use}>
          {T.use}
        </button>
        <button type="button" class="button text" disabled={disabled} onClick={album}>
          {T.other}
        </button>
      </div>
    </div>
  );
}
