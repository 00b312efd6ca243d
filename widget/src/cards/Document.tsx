// A document to read and agree to, and the list of those that a signature stands for (R-031, R-050…R-053).
import { useState } from "preact/hooks";
import type { Button } from "../contract";
import { fill, texts } from "../texts";
import { Answers, Frame, Mark, Press, chosen } from "./parts";
import { Reader } from "./Reader";
import type { Actions, CardOf, CardProps } from "./types";

type Doc = CardOf<"document">;

export function DocumentCard({ card, act, live, busy, buttons }: CardProps<Doc>) {
  const T = texts().document;
  const [open, setOpen] = useState(false);
  const answers = live && !card.agreed ? buttons : [];
  return (
    <Frame>
      <div class="document">
        <Mark kind={card.agreed ? "done" : live ? "lock" : "later"} />
        <p>
          <b>《{card.title}》</b>
          <small>
            {fill(T.version, { version: card.document_version })}
            {card.agreed ? ` · ${T.agreed}` : live ? ` · ${fill(T.seconds, { seconds: card.seconds })}` : ""}
          </small>
        </p>
        {!live && (
          <button type="button" class="button text" aria-label={`${T.look}《${card.title}》`} onClick={() => setOpen(true)}>
            {T.look}
          </button>
        )}
      </div>
      {live && (
        <div class="actions">
          <button type="button" class="button primary" disabled={busy} onClick={() => setOpen(true)}>
            {card.agreed ? T.again : T.read}
          </button>
          {card.agreed && <Press button={chosen(buttons, "agree")} act={act} disabled={busy} />}
          {buttons
            .filter((button) => button.choice !== "agree")
            .map((button) => (
              <Press key={button.id} button={button} act={act} look="text" disabled={busy} />
            ))}
        </div>
      )}
      {open && <Reader document={card.document} title={card.title} consent={card.consent} read={card.agreed || !live} buttons={answers} act={act} busy={busy} onClose={() => setOpen(false)} />}
    </Frame>
  );
}

export function Checklist({ card, act, live, busy, buttons }: CardProps<CardOf<"checklist">>) {
  const tick = chosen(buttons, "tick");
  return (
    <Frame>
      <ul class="documents">
        {card.documents.map((one) => (
          <Line key={one.document} one={one} act={act} busy={busy} live={live} />
        ))}
      </ul>
      {live && tick && <Tick button={tick} act={act} busy={busy} />}
      <Answers buttons={buttons.filter((button) => button !== tick)} act={act} live={live} busy={busy} />
    </Frame>
  );
}

/** The manual's tick box: ticking is the act, so it stands as a box to tick. */
function Tick({ button, act, busy }: { button: Button; act: Actions; busy: boolean }) {
  const [on, setOn] = useState(false);
  return (
    <label class="tick">
      <input
        type="checkbox"
        checked={on}
        disabled={busy || on}
        onChange={() => {
          setOn(true);
          void act.press(button).then((taken) => taken || setOn(false));
        }}
      />
      {button.title.replace(/^[☑☐✓]\s*/, "")}
    </label>
  );
}

function Line({ one, act, live, busy }: { one: Doc; act: Actions; live: boolean; busy: boolean }) {
  const T = texts().document;
  const [open, setOpen] = useState(false);
  return (
    <li>
      <Mark kind={one.agreed ? "done" : "later"} />
      <span>《{one.title}》</span>
      {live && (
        <button type="button" class="button text" aria-label={`${T.look}《${one.title}》`} onClick={() => setOpen(true)}>
          {T.look}
        </button>
      )}
      {open && <Reader document={one.document} title={one.title} consent={one.consent} read buttons={[]} act={act} busy={busy} onClose={() => setOpen(false)} />}
    </li>
  );
}
