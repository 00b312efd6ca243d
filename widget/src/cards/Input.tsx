// One value in a field of its own: ID number, card number, code from a text message, branch.
import { useId, useState } from "preact/hooks";
import { fill, texts } from "../texts";
import { CoveredInput } from "./CoveredInput";
import { Countdown } from "./countdown";
import { grouped, idSlip, luhnFits, tidyId } from "./numbers";
import { chosen, Frame, Press, Usable } from "./parts";
import type { CardOf, CardProps } from "./types";

type Format = CardOf<"input">["format"];

const FORMATS: Record<Format, { inputMode: "numeric" | "text"; maxLength: number; autocomplete: string }> = {
  code: { inputMode: "numeric", maxLength: 6, autocomplete: "one-time-code" },
  card_number: { inputMode: "numeric", maxLength: 30, autocomplete: "off" },
  id_number: { inputMode: "text", maxLength: 30, autocomplete: "off" },
  text: { inputMode: "text", maxLength: 200, autocomplete: "off" },
};

export function Input({ card, act, live, busy, buttons }: CardProps<CardOf<"input">>) {
  const T = texts().fields;
  const [value, setValue] = useState("");
  const [told, setTold] = useState("");
  const [open, setOpen] = useState(false);
  const id = useId();
  const covers = card.format === "id_number";
  const label = (T as Record<string, string>)[card.field] ?? T.other;
  const format = FORMATS[card.format];
  const resend = chosen(buttons, "resend");

  // What was typed stands in the customer's own message, masked; an empty field of the past says nothing.
  if (!live) return null;

  function typed(text: string) {
    setValue(text);
    setTold("");
  }

  async function submit(event: Event) {
    event.preventDefault();
    const words = card.format === "id_number" ? tidyId(value) : value.trim();
    const slip = card.format === "id_number" ? idSlip(words) : null;
    if (!words || slip) return setTold(slip?.kind === "checksum" ? T.checksum : fill(T.tooShort, { missing: slip?.kind === "too_short" ? slip.missing : 1 }));
    // Not shown as typed: the server's own entry shows it masked.
    if (await act.fields({ [card.field]: words }, card.format === "text" ? words : "•".repeat(Math.min(words.length, 8)))) setValue("");
  }

  return (
    <Frame>
      <Usable live={live} busy={busy}>
        <form class="fill" autocomplete="off" noValidate onSubmit={(event) => void submit(event)}>
          <div class="field">
            {covers ? (
              <span class="label-row">
                <label for={id}>{label}</label>
                <button type="button" class="button text" onClick={() => setOpen(!open)}>
                  {open ? T.cover : T.show}
                  <span class="unseen">{T.typed}</span>
                </button>
              </span>
            ) : (
              <label for={id}>{label}</label>
            )}
            {covers ? (
              <CoveredInput id={id} name={card.field} value={value} maxLength={format.maxLength} describedBy={`${id}-hint`} wrong={told !== ""} open={open} onInput={typed} />
            ) : (
              <input
                id={id}
                name={card.field}
                data-first
                type="text"
                required
                spellcheck={false}
                {...format}
                class={card.format === "text" ? "" : "digits"}
                value={value}
                placeholder={card.field === "branch" ? T.branchExample : ""}
                aria-describedby={`${id}-hint`}
                aria-invalid={told !== ""}
                onInput={(event) => typed(event.currentTarget.value)}
              />
            )}
            <p id={`${id}-hint`} class={`hint${told ? " bad" : ""}${card.format === "id_number" || card.format === "card_number" ? " room" : ""}`} role="status">
              {told || hintOf(card.format, value)}
            </p>
          </div>
          <button type="submit" class="button primary">
            {card.format === "code" ? T.login : T.confirm}
          </button>
          {live && resend && <Countdown seconds={card.again_after ?? 0} name={resend.id}>
            {(left) => (
              <Press button={resend} act={act} look="text" disabled={left > 0}>
                {left > 0 ? fill(T.resendIn, { title: resend.title, seconds: left }) : resend.title}
              </Press>
            )}
          </Countdown>}
        </form>
      </Usable>
      {live && buttons.filter((button) => button !== resend).map((button) => <Press key={button.id} button={button} act={act} disabled={busy} />)}
    </Frame>
  );
}

function hintOf(format: Format, value: string): string {
  const T = texts().fields;
  if (format === "id_number" && value) return fill(T.counted, { count: tidyId(value).length, all: 18 });
  if (format !== "card_number" || !value) return "";
  const digits = value.replace(/\D/g, "").length;
  const look = digits >= 16 && !luhnFits(value) ? ` ${T.lookAgain}` : "";
  return `${grouped(value)}（${fill(T.digits, { count: digits })}）${look}`;
}
