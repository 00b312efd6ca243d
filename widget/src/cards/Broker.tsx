// The futures company: chosen by code, by name or by its QR code, and confirmed (R-001…R-004).
import { useState } from "preact/hooks";
import { PhotoPicker } from "../capture/PhotoPicker";
import { texts } from "../texts";
import { Answers, Frame, Pairs, Press, Usable } from "./parts";
import type { CardOf, CardProps } from "./types";

const CODE_LENGTH = 4;

/** Drawn for a `photo` card of kind `qr`. */
export function BrokerChoice({ card, act, live, busy, buttons }: CardProps<CardOf<"photo">>) {
  const T = texts().broker;
  const [code, setCode] = useState("");
  if (!live) return null;
  return (
    <Frame>
      <Usable live={live} busy={busy}>
        {buttons.length > 0 && (
          <div class="rows" role="group" aria-label={T.choose}>
            {buttons.map((button) => (
              <Press key={button.id} button={button} act={act} look="row" />
            ))}
          </div>
        )}
        <form
          class="inline"
          autocomplete="off"
          onSubmit={(event) => {
            event.preventDefault();
            if (code.length === CODE_LENGTH) void act.say(code);
          }}
        >
          <label class="field">
            <span>{T.enter}</span>
            <input
              name="broker_code"
              inputMode="numeric"
              maxLength={CODE_LENGTH}
              value={code}
              placeholder={T.example}
              onInput={(event) => setCode(event.currentTarget.value.replace(/\D/g, ""))}
            />
          </label>
          <button type="submit" class="button secondary" disabled={code.length !== CODE_LENGTH}>
            {T.next}
          </button>
        </form>
        <p class="or">{T.orScan}</p>
        <PhotoPicker kind="qr" megabytes={card.max_megabytes} act={act} disabled={!live || busy} />
      </Usable>
    </Frame>
  );
}

export function BrokerConfirm({ card, act, live, busy, buttons }: CardProps<CardOf<"broker">>) {
  return (
    <Frame>
      <p class="headline">{card.name}</p>
      <Pairs of={[[texts().broker.code, card.code]]} />
      <Answers buttons={buttons} act={act} live={live} busy={busy} />
    </Frame>
  );
}
