// Camera, microphone and speaker, one after the other, each failure with its own remedy.
import { useEffect, useRef, useState } from "preact/hooks";
import { checkCamera, checkMicrophone, openSound, playTone } from "../device/check";
import { DeviceFailure, reasonOf, type Reason } from "../device/failure";
import { systemOf } from "../device/system";
import { texts } from "../texts";
import { Frame, Mark, Usable } from "./parts";
import type { CardOf, CardProps } from "./types";

const PARTS = ["camera", "microphone", "speaker"] as const;
type Part = (typeof PARTS)[number];
type State = "waiting" | "checking" | "ok" | "bad";
type Outcome = Record<Part, State>;
interface Failed {
  part: Part;
  reason: Reason;
}

const MARKS = { waiting: "later", checking: "now", ok: "done", bad: "bad" } as const;
const NOTHING: Outcome = { camera: "waiting", microphone: "waiting", speaker: "waiting" };

// Kept beside the card: the assistant answers a failed check with a new card, which should still say what to do.
let lastOutcome = NOTHING;
let lastFailure: Failed | null = null;

export function DeviceCheck({ act, live, busy }: CardProps<CardOf<"device_check">>) {
  const T = texts().device;
  const [outcome, setOutcome] = useState(live ? lastOutcome : NOTHING);
  const [failed, setFailed] = useState<Failed | null>(live ? lastFailure : null);
  const [running, setRunning] = useState<Part | null>(null);
  const [passed, setPassed] = useState(false);
  const [media, setMedia] = useState<MediaStream | null>(null);
  const [level, setLevel] = useState(0);
  const [ask, setAsk] = useState<{ heard: (yes: boolean) => void; again: () => void } | null>(null);

  if (!live && !passed) return null;

  async function run() {
    let now: Outcome = { ...NOTHING };
    const mark = (part: Part, state: State) => {
      now = { ...now, [part]: state };
      setOutcome(now);
    };
    setFailed(null);
    let sound: AudioContext | null = null;
    let failure: Failed | null = null;
    let current: Part = "camera";
    try {
      sound = openSound(); // inside the tap, or iOS keeps it silent
      for (current of PARTS) {
        mark(current, "checking");
        setRunning(current);
        if (current === "camera") await checkCamera(setMedia);
        else if (current === "microphone") await checkMicrophone(sound, setLevel);
        else await heard(sound);
        mark(current, "ok");
      }
    } catch (error) {
      failure = { part: current, reason: reasonOf(error) };
      mark(current, "bad");
    } finally {
      void sound?.close();
      setMedia(null);
      setLevel(0);
      setAsk(null);
      setRunning(null);
    }
    [lastOutcome, lastFailure] = failure ? [now, failure] : [NOTHING, null];
    setFailed(failure);
    setPassed(!failure);
    await act.device({
      camera: now.camera === "ok",
      microphone: now.microphone === "ok",
      speaker: now.speaker === "ok",
      ...systemOf(navigator.userAgent),
      failure: failure?.reason ?? null,
    });
  }

  function heard(sound: AudioContext): Promise<void> {
    playTone(sound);
    return new Promise((done, fail) => {
      setAsk({ heard: (yes) => (yes ? done() : fail(new DeviceFailure("unheard"))), again: () => playTone(sound) });
    });
  }

  return (
    <Frame title={T.title}>
      <ul class="device-parts">
        {PARTS.map((part) => (
          <li key={part} class={outcome[part]}>
            <Mark kind={MARKS[outcome[part]]} />
            {T[part]}
            <span class="state">{T[outcome[part]]}</span>
          </li>
        ))}
      </ul>
      <div class="stage">
        {media && <Preview media={media} />}
        {running === "microphone" && (
          <>
            <p>{T.sayHello}</p>
            <meter min={0} max={1} value={level} aria-label={T.level} />
          </>
        )}
        {ask && <Heard {...ask} />}
      </div>
      <p class={failed ? "notice bad" : "hint"} role="status">
        {failed ? `${T[failed.part]}：${T[failed.reason]}` : passed ? T.passed : running ? "" : T.intro}
      </p>
      {live && !passed && !running && (
        <Usable live={live} busy={busy}>
          <div class="actions">
            <button type="button" class="button primary" onClick={() => void run()}>
              {failed ? T.again : T.start}
            </button>
          </div>
        </Usable>
      )}
    </Frame>
  );
}

function Preview({ media }: { media: MediaStream }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    video.current!.srcObject = media;
    void video.current!.play().catch(() => undefined);
  }, [media]);
  return <video ref={video} class="preview" muted playsInline aria-hidden="true" />;
}

function Heard({ heard, again }: { heard: (yes: boolean) => void; again: () => void }) {
  const T = texts().device;
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    first.current?.focus({ preventScroll: true });
    first.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <div role="group" aria-label={T.heard}>
      <p>{T.heard}</p>
      <div class="actions">
        <button ref={first} type="button" class="button primary" onClick={() => heard(true)}>
          {T.yes}
        </button>
        <button type="button" class="button secondary" onClick={() => heard(false)}>
          {T.no}
        </button>
        <button type="button" class="button text" onClick={again}>
          {T.replay}
        </button>
      </div>
    </div>
  );
}
