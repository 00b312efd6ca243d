// The picture to read before a text message is sent.
import { useId, useState } from "preact/hooks";
import { texts } from "../texts";
import { captchaUrl } from "../transport/api";
import { Answers, chosen, Frame, Press, Usable } from "./parts";
import type { CardOf, CardProps } from "./types";

const LENGTH = 4;

export function Captcha({ card, act, live, busy, buttons }: CardProps<CardOf<"captcha">>) {
  const T = texts();
  const [value, setValue] = useState("");
  const [gone, setGone] = useState(false);
  const id = useId();
  const refresh = chosen(buttons, "refresh");
  if (!live) return null;
  return (
    <Frame>
      <Usable live={live} busy={busy}>
        <div class="captcha-row">
          {gone ? (
            <span class="captcha gone">{T.captcha.gone}</span>
          ) : (
            <img class="captcha" src={captchaUrl(card.captcha)} alt={T.captcha.image} width={160} height={60} onError={() => setGone(true)} />
          )}
          <Press button={refresh} act={act} look="text">
            {T.captcha.refresh}
          </Press>
        </div>
        <form
          class="inline"
          autocomplete="off"
          onSubmit={(event) => {
            event.preventDefault();
            if (value.trim()) void act.fields({ captcha: value.trim() }, value.trim()).then((taken) => taken && setValue(""));
          }}
        >
          <div class="field">
            <label for={id}>{T.fields.captcha}</label>
            <input
              id={id}
              name="captcha"
              data-first
              class="digits"
              required
              maxLength={LENGTH}
              autocapitalize="characters"
              spellcheck={false}
              value={value}
              onInput={(event) => setValue(event.currentTarget.value)}
            />
          </div>
          <button type="submit" class="button primary">
            {T.fields.confirm}
          </button>
        </form>
      </Usable>
      <Answers buttons={buttons.filter((button) => button !== refresh)} act={act} live={live} busy={busy} />
    </Frame>
  );
}
